import { describe, expect, it } from 'vitest'
import { HIDDEN, NO_VALUE } from './palette.ts'
import { carried, codesOf, colouringOf, countByCategory, labelOf, namesOf } from './scene.ts'

it('carries points over by id; newcomers stay where they are', () => {
  const before = { ids: ['a', 'b', 'c'], points: Float32Array.of(1, 2, 3, 4, 5, 6) }
  const from = carried(before, ['c', 'new', 'a'], Float32Array.of(50, 60, 70, 80, 10, 20))
  expect([...from]).toEqual([5, 6, 70, 80, 1, 2])
})

describe('categories', () => {
  const colours = {
    by: 'segment',
    kind: 'category' as const,
    categories: [
      { id: 's2', label: 'small', count: 1 },
      { id: 's7', label: 'large', count: 3 },
    ],
    codes: [1, 0, 1, -1, 1],
  }
  const colouring = colouringOf(colours, 5)

  it('come with the largest first; a segment has the colour of its number', () => {
    expect(colouring).toMatchObject({
      kind: 'category',
      categories: [
        { label: 'large', colour: 6 },
        { label: 'small', colour: 1 },
      ],
      codes: [0, 1, 0, -1, 0],
      rest: 1,
    })
    expect([...codesOf(colouring, new Set())]).toEqual([6, 1, 6, NO_VALUE, 6])
    expect([...codesOf(colouring, new Set([0, -1]))]).toEqual([HIDDEN, 1, HIDDEN, HIDDEN, HIDDEN])
    expect([labelOf(colouring, 1), labelOf(colouring, 3)]).toEqual(['small', null])
  })

  it('are counted among chosen rows', () => {
    expect(countByCategory(colouring, [1, 2, 3, 4])).toEqual([
      { label: 'large', count: 2 },
      { label: 'small', count: 1 },
    ])
  })

  it('have a name each that is shown', () => {
    const points = Float32Array.of(0, 0, 9, 9, 2, 1, 5, 5, 4, 2)
    expect(namesOf(colouring, points, new Set())).toEqual([
      { text: 'large', x: 2, top: 2, bottom: 0 },
      { text: 'small', x: 9, top: 9, bottom: 9 },
    ])
    expect(namesOf(colouring, points, new Set([0]))).toEqual([{ text: 'small', x: 9, top: 9, bottom: 9 }])
  })

  it('keep the name near, though some points are far', () => {
    const points = Float32Array.from({ length: 200 }, (_, k) =>
      k % 2 === 0 ? 0 : k > 180 ? 1000 : (k - 1) / 200,
    )
    const one = colouringOf(
      {
        by: 'x',
        kind: 'category',
        categories: [{ label: 'a', count: 100 }],
        codes: Array.from({ length: 100 }, () => 0),
      },
      100,
    )
    const [name] = namesOf(one, points, new Set())
    expect(name.top).toBeGreaterThan(0.8)
    expect(name.top).toBeLessThan(1.5)
  })

  it('beyond the twenty largest count as none', () => {
    const categories = Array.from({ length: 30 }, (_, k) => ({ label: `c${k}`, count: k + 1 }))
    const many = colouringOf({ by: 'x', kind: 'category', categories, codes: [29, 10, 9] }, 3)
    expect(many).toMatchObject({ codes: [0, 19, -1], rest: 1 })
  })
})

it('colours by nothing where the answer does not fit the points', () => {
  expect(colouringOf(undefined, 3)).toEqual({ kind: 'none', count: 3 })
  const stale = colouringOf({ by: 'x', kind: 'number', values: [1, 2] }, 3)
  expect([...codesOf(stale, new Set())]).toEqual([NO_VALUE, NO_VALUE, NO_VALUE])
  expect(labelOf(colouringOf({ by: 'x', kind: 'number', values: [1.5, null] }, 2), 1)).toBe(null)
})
