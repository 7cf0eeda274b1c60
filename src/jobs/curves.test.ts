import { expect, test } from 'vitest'
import { Curves } from './curves.ts'

const step = (done: number, loss?: number, phase = 'train') => ({
  phase,
  done,
  of: 1000,
  unit: 'epochs',
  ...(loss === undefined ? {} : { loss }),
})

test('steps with a loss become points, each training its own curve', () => {
  const curves = new Curves()
  for (const [done, loss] of [
    [0, undefined],
    [1, 3],
    [2, 2],
    [2, 1.5],
    [1, 9],
    [2, NaN],
  ] as const) {
    curves.add(step(done, loss))
  }
  curves.add(step(5, 7, 'pretrain'))
  expect(curves.get()).toEqual([
    {
      phase: 'train',
      unit: 'epochs',
      of: 1000,
      points: [
        [1, 3],
        [2, 1.5],
      ],
    },
    { phase: 'train', unit: 'epochs', of: 1000, points: [[1, 9]] },
    { phase: 'pretrain', unit: 'epochs', of: 1000, points: [[5, 7]] },
  ])
})

test('a long training keeps its shape in at most 200 points', () => {
  const curves = new Curves()
  for (let n = 1; n <= 10_000; n++) curves.add(step(n, 1 / n))
  const { points } = curves.get()[0]
  expect(points.length).toBeGreaterThan(75)
  expect(points.length).toBeLessThanOrEqual(200)
  expect(points[0]).toEqual([1, 1])
  expect(points.at(-1)![0]).toBeGreaterThan(9_800)
  const gaps = points.slice(1).map(([done], at) => done - points[at][0])
  expect(new Set(gaps).size).toBe(1)
})
