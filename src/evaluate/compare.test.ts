import { describe, expect, test } from 'vitest'
import { mean } from '../metrics/bootstrap.ts'
import { Random } from '../random.ts'
import { compareModels } from './compare.ts'
import type { ModelRun } from './compare.ts'
import { summarizeSeeds } from './seeds.ts'
import type { SeedRun } from './seeds.ts'

/** A run whose ndcg@20 per user is given. */
function run(name: string, ndcg: readonly number[], seconds = 1): ModelRun {
  const values = Float64Array.from(ndcg)
  return {
    name,
    seconds,
    result: {
      kind: 'ranking',
      k: [20],
      users: Int32Array.from(ndcg.keys()),
      perUser: { 'ndcg@20': values },
      means: { 'ndcg@20': mean(values) },
      standardErrors: { 'ndcg@20': 0 },
      beyond: { 'coverage@20': 0.5 },
      diversity: { users: ndcg.length, over: 'train users in common' },
      shortLists: 0,
      counts: {
        users: ndcg.length,
        evaluated: ndcg.length,
        withoutTest: 0,
        withoutTrain: 0,
        items: 40,
        testPairs: 100,
        overlap: 0,
        unseenItemPairs: 0,
      },
      rules: ['the rule'],
    },
  }
}

const rng = new Random(1)
const noise = (seed: number): number[] => {
  const draw = new Random(seed)
  return Array.from({ length: 200 }, () => draw.float())
}
const base = noise(1)
const better = base.map((x, u) => x + 0.05 + 0.1 * (noise(2)[u] - 0.5))

describe('compareModels', () => {
  const comparison = compareModels([run('popularity', base, 2), run('lightgcn', better, 60)], {
    baseline: 'popularity',
    rng,
  })

  test('means, intervals and paired differences in the order given', () => {
    const [first, second] = comparison.rows
    expect(comparison).toMatchObject({
      kind: 'comparison',
      metric: 'ndcg@20',
      baseline: 'popularity',
      level: 0.95,
    })
    expect([first.name, second.name]).toEqual(['popularity', 'lightgcn'])
    expect([first.seconds, second.seconds]).toEqual([2, 60])
    expect(first.difference).toBeNull()
    expect(first.interval?.mean).toBeCloseTo(mean(base), 12)
    expect(second.difference?.difference).toBeCloseTo(mean(better) - mean(base), 12)
    expect(second.difference?.low).toBeGreaterThan(0)
    expect(second.difference?.p).toBeLessThan(0.01)
    expect(second.means['ndcg@20']).toBeCloseTo(mean(better), 12)
  })

  test('the same seed gives the same table, whatever stands beside a model', () => {
    const again = compareModels([run('popularity', base, 2), run('lightgcn', better, 60)], {
      baseline: 'popularity',
      rng: new Random(1),
    })
    expect(again).toEqual(comparison)
    const more = compareModels(
      [run('other', noise(3)), run('popularity', base, 2), run('lightgcn', better, 60)],
      {
        baseline: 'popularity',
        rng: new Random(1),
      },
    )
    expect(more.rows.slice(1)).toEqual(comparison.rows)
  })

  test('without a baseline there are no differences', () => {
    const { rows, baseline } = compareModels([run('a', base), run('b', better)], { rng, samples: 50 })
    expect(baseline).toBeNull()
    expect(rows.map((row) => row.difference)).toEqual([null, null])
    expect(rows.every((row) => row.interval !== null)).toBe(true)
  })

  test('one user: means without intervals', () => {
    const { rows } = compareModels([run('a', [0.5]), run('b', [1])], { rng, baseline: 'a' })
    expect(rows.map((row) => [row.means['ndcg@20'], row.interval, row.difference])).toEqual([
      [0.5, null, null],
      [1, null, null],
    ])
  })

  test('refuses what does not compare', () => {
    expect(() => compareModels([], { rng })).toThrow(/no models to compare/)
    expect(() => compareModels([run('a', base), run('a', better)], { rng })).toThrow(/got a twice/)
    expect(() => compareModels([run('a', base)], { rng, metric: 'ndgc@20' })).toThrow(
      /unknown metric "ndgc@20".*"ndcg@20"/,
    )
    expect(() => compareModels([run('lightgcn', base)], { rng, baseline: 'lightgnc' })).toThrow(
      /unknown baseline.*"lightgcn"/,
    )
    expect(() => compareModels([run('a', base), run('b', [1, 2])], { rng })).toThrow(
      /a and b.*same split.*users 200 and 2/,
    )
    const other = run('b', base)
    const shifted = { ...other, result: { ...other.result, users: other.result.users.map((u) => u + 1) } }
    expect(() => compareModels([run('a', base), shifted], { rng })).toThrow(/user row 0 and 1/)
    const cut = { ...other, result: { ...other.result, k: [10] } }
    expect(() => compareModels([run('a', base), cut], { rng })).toThrow(/cut-offs 20 and 10/)
  })
})

describe('summarizeSeeds', () => {
  const seeded = (seed: number, value: number): SeedRun => ({ ...run('m', [value, value], seed * 10), seed })

  test('mean, deviation, minimum and maximum by hand', () => {
    const summary = summarizeSeeds([seeded(1, 0.2), seeded(2, 0.4), seeded(3, 0.6)])
    expect(summary.seeds).toEqual([1, 2, 3])
    expect(summary.metrics['ndcg@20'].mean).toBeCloseTo(0.4, 12)
    expect(summary.metrics['ndcg@20'].std).toBeCloseTo(0.2, 12)
    expect(summary.metrics['ndcg@20']).toMatchObject({ min: 0.2, max: 0.6 })
    expect(summary.metrics['coverage@20']).toEqual({ mean: 0.5, std: 0, min: 0.5, max: 0.5 })
    expect(summary.seconds).toEqual({ mean: 20, std: 10, min: 10, max: 30 })
  })

  test('one seed has no deviation', () => {
    expect(summarizeSeeds([seeded(1, 0.2)]).metrics['ndcg@20'].std).toBeNaN()
  })

  test('refuses nothing, a seed twice, and other cut-offs', () => {
    expect(() => summarizeSeeds([])).toThrow(/no runs to summarise/)
    expect(() => summarizeSeeds([seeded(1, 0.2), seeded(1, 0.3)])).toThrow(
      /a different seed for each, got 1, 1/,
    )
    const other = seeded(2, 0.3)
    const cut = { ...other, result: { ...other.result, k: [5] } }
    expect(() => summarizeSeeds([seeded(1, 0.2), cut])).toThrow(/seeds 1 and 2.*got 5/)
  })
})
