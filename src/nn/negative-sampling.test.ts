import { describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { negativeSamplingLoss } from './negative-sampling.ts'
import { RowAdam } from './row-adam.ts'
import { windowPairs } from './window-pairs.ts'

const places = (...values: number[]): Int32Array => heap.place(Int32Array.from(values))

test('the loss of two pairs and two shared negatives, by hand', () => {
  const h = Matrix.from([
    [1, 0],
    [0, 2],
  ])
  const v = Matrix.from<'context', string>([
    [1, 1],
    [-1, 0.5],
    [0, -1],
  ])
  const pairs = { centres: places(0, 1), contexts: places(0, 1), negatives: places(1, 2) }
  const softplus = (x: number): number => Math.log1p(Math.exp(x))
  // h0·v0 = 1, h1·v1 = 1; negatives of h0: −1, 0; of h1: 1, −2; k/M = 3/2.
  const expected =
    (softplus(-1) + softplus(-1) + 1.5 * (softplus(-1) + softplus(0) + softplus(1) + softplus(-2))) / 2
  expect(negativeSamplingLoss(h, v, pairs, 3).item()).toBeCloseTo(expected, 5)
})

describe('windowPairs', () => {
  const sentences = [
    { tokens: Int32Array.of(1, 2, 3), offsets: Uint32Array.of(0, 3, 3) },
    { tokens: Int32Array.of(7, 8, 9, 9), offsets: Uint32Array.of(0, 2, 4) },
  ]
  test('a window of one gives the neighbours of each token, never across sentences', () => {
    const batches = []
    for (const { centres, contexts, tokens } of windowPairs(sentences, 1, 3, new Random(1))) {
      batches.push({ pairs: Array.from(centres, (c, k) => [c, contexts[k]]), tokens })
    }
    expect(batches.flatMap((b) => b.pairs)).toEqual([
      [1, 2],
      [2, 1],
      [2, 3],
      [3, 2],
      [7, 8],
      [8, 7],
      [9, 9],
      [9, 9],
    ])
    expect(batches.reduce((sum, b) => sum + b.tokens, 0)).toBe(7)
  })

  test('near contexts come more often: distance d of a window w in (w − d + 1)/w of the draws', () => {
    const long = [
      { tokens: Int32Array.from({ length: 30_000 }, (_, t) => t), offsets: Uint32Array.of(0, 30_000) },
    ]
    const counts = [0, 0, 0, 0]
    for (const { centres, contexts } of windowPairs(long, 3, 512, new Random(2))) {
      centres.forEach((c, k) => counts[Math.abs(c - contexts[k])]++)
    }
    expect(counts.map((c) => c / 60_000)).toEqual([0, 1, 2 / 3, 1 / 3].map((x) => expect.closeTo(x, 1.7)))
  })
})

describe('RowAdam', () => {
  test('two steps on one row, by hand; the others stay', () => {
    const adam = new RowAdam(Matrix.from([[1], [5], [1]]))
    adam.step([2], Matrix.from([[0.5]]), 0.1, 1)
    // The first step of Adam is rate · sign(g).
    expect(adam.table.data[2]).toBeCloseTo(0.9, 6)
    adam.step([2], Matrix.from([[-0.25]]), 0.1, 2)
    const m = (0.9 * 0.05 + 0.1 * -0.25) / (1 - 0.81)
    const v = (0.999 * 0.00025 + 0.001 * 0.0625) / (1 - 0.999 ** 2)
    expect(adam.table.data[2]).toBeCloseTo(0.9 - (0.1 * m) / Math.sqrt(v), 5)
    expect([...adam.table.data.subarray(0, 2)]).toEqual([1, 5])
  })

  test('clips every number of a gradient', () => {
    const [free, clipped] = [new RowAdam(Matrix.from([[0, 0]])), new RowAdam(Matrix.from([[0, 0]]))]
    clipped.step([0], Matrix.from([[9, -0.5]]), 0.1, 1, 1)
    free.step([0], Matrix.from([[1, -0.5]]), 0.1, 1)
    expect(clipped.m).toEqual(free.m)
    expect(clipped.v).toEqual(free.v)
  })
})
