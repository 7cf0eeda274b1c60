import { expect, it } from 'vitest'
import { layOut } from './flows.ts'

const flows = [
  { from: 'a', to: 'a', count: 60 },
  { from: 'a', to: 'b', count: 20 },
  { from: 'b', to: 'b', count: 15 },
  { from: 'b', to: 'new', count: 5 },
  { from: 'b', to: 'a', count: 0 },
]

it('keeps the order, fills the height, and lets every ribbon end inside its parts', () => {
  const { left, right, ribbons } = layOut(flows, ['b', 'a'], 116)
  expect(left.map(({ key, count }) => [key, count])).toEqual([
    ['b', 20],
    ['a', 80],
  ])
  expect(right.map(({ key }) => key)).toEqual(['b', 'a', 'new'])
  // Two gaps of 8 on the right leave 100 pixels for 100 users.
  expect(right.map(({ y, height }) => [y, height])).toEqual([
    [0, 35],
    [43, 60],
    [111, 5],
  ])
  expect(left.map(({ y }) => y)).toEqual([4, 32])
  expect(ribbons).toHaveLength(4)
  for (const [side, column, end] of [
    ['from', left, 'left'],
    ['to', right, 'right'],
  ] as const) {
    for (const part of column) {
      const own = ribbons.filter((ribbon) => ribbon[side] === part.key).sort((a, b) => a[end] - b[end])
      let y = part.y
      for (const ribbon of own) {
        expect(ribbon[end]).toBeCloseTo(y)
        y += ribbon.height
      }
      expect(y).toBeCloseTo(part.y + part.height)
    }
  }
})

it('is empty where nothing flows', () => {
  expect(layOut([], ['a'], 100)).toEqual({ left: [], right: [], ribbons: [] })
})
