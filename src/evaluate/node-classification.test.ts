import { describe, expect, test } from 'vitest'
import { pairsOf } from '../../test/sparse.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { runSync } from '../train/run.ts'
import { evaluateClassification, mostLikely } from './node-classification.ts'

const rng = new Random(1)
const n = 120
/** Three directions; node v belongs to v mod 3, every fourth also to the next. */
const sets = Array.from({ length: n }, (_, v) => (v % 4 === 0 ? [v % 3, ((v % 3) + 1) % 3] : [v % 3]))
const vectors = new Matrix(
  n,
  6,
  Float32Array.from(
    { length: 6 * n },
    (_, e) => (sets[Math.floor(e / 6)].includes(e % 6) ? 2 : 0) + 0.3 * rng.normal(),
  ),
)
const labels = pairsOf(sets, 3)

describe('evaluateClassification', () => {
  test('vectors that hold the labels give them back; noise does not', () => {
    // The wasm kernels take memory of their own when they are first asked for.
    kernels()
    const before = heap.bytesInUse
    const result = runSync(evaluateClassification(vectors, labels, { rng: new Random(1) }))
    expect(result.shares.map(({ share, train, test }) => [share, train, test])).toEqual([
      [0.1, 12, 108],
      [0.5, 60, 60],
      [0.9, 108, 12],
    ])
    for (const { microF1, macroF1, splits } of result.shares) {
      expect(splits).toHaveLength(10)
      expect(microF1.mean).toBeGreaterThan(0.9)
      expect(macroF1.mean).toBeGreaterThan(0.9)
      expect(microF1.min).toBeLessThanOrEqual(microF1.mean)
    }
    expect(result.counts).toEqual({ nodes: n, labelled: n, labels: 3, assignments: 150 })
    const noise = new Matrix(
      n,
      6,
      Float32Array.from({ length: 6 * n }, () => rng.normal()),
    )
    const nothing = runSync(evaluateClassification(noise, labels, { rng: new Random(1), shares: [0.5] }))
    expect(nothing.shares[0].microF1.mean).toBeLessThan(0.55)
    expect(heap.bytesInUse).toBe(before)
    expect(runSync(evaluateClassification(vectors, labels, { rng: new Random(1) }))).toEqual(result)
  })

  test('a validation part comes from the training nodes: the test nodes do not matter', () => {
    const options = { rng: new Random(4), shares: [0.5], splits: 3, validation: 0.2 }
    const result = runSync(evaluateClassification(vectors, labels, options))
    expect(result.part).toBe('validation')
    expect([result.shares[0].train, result.shares[0].test]).toEqual([48, 12])
    // Other labels on the test nodes of every split change nothing.
    const everTrained = new Set<number>()
    for (let split = 0; split < 3; split++) {
      const order = new Random(4)
        .stream('classification split', split)
        .shuffle(Int32Array.from({ length: n }, (_, v) => v))
      for (const v of order.subarray(0, 60)) everTrained.add(v)
    }
    expect(everTrained.size).toBeLessThan(n)
    const other = pairsOf(
      sets.map((own, v) => (everTrained.has(v) ? own : own.length === 2 ? [0, 1] : [0])),
      3,
    )
    expect(runSync(evaluateClassification(vectors, other, options)).shares).toEqual(result.shares)
  })

  test('nodes without labels are left out; a label that no training node has is counted', () => {
    const rare = pairsOf(
      sets.map((own, v) => (v < 20 ? [] : v === 50 ? [0, 3] : own)),
      4,
    )
    const result = runSync(
      evaluateClassification(vectors, rare, { rng: new Random(2), shares: [0.5], splits: 6 }),
    )
    expect(result.counts.labelled).toBe(100)
    const absent = result.shares[0].splits.map((split) => split.absent)
    expect(new Set(absent)).toEqual(new Set([0, 1]))
    for (const { macroF1 } of result.shares[0].splits) expect(macroF1).toBeLessThan(0.8)
  })

  test('what cannot be split is refused', () => {
    const run = (options: object): unknown =>
      runSync(evaluateClassification(vectors, labels, { rng, ...options }))
    expect(() => run({ shares: [1] })).toThrow(/between 0 and 1, got 1/)
    expect(() => run({ shares: [] })).toThrow(/at least one/)
    expect(() => run({ shares: [0.001] })).toThrow(/120 labelled nodes.*leave 0 to train on/)
    expect(() => run({ splits: 0 })).toThrow(/splits: expected/)
    expect(() => run({ validation: 1 })).toThrow(/share of validation/)
    expect(() => runSync(evaluateClassification(Matrix.zeros(3, 2), labels, { rng }))).toThrow(
      /labels of 3 nodes, got labels of 120/,
    )
  })
})

test('mostLikely: as many as are true, equal scores by label', () => {
  const scores = Float64Array.from([0.1, 0.9, 0.5, 0.4, 0.4, 0.4, -Infinity, 0, Infinity])
  const picked = mostLikely(scores, pairsOf([[0, 1], [2], [0, 1]], 3))
  expect([0, 1, 2].map((r) => [...picked.row(r)])).toEqual([[1, 2], [0], [1, 2]])
})
