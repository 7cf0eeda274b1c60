import { describe, expect, test } from 'vitest'
import { adjacencyOf } from '../graph/csr.ts'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { type CandidateRow, chooseClusters, chooseRow } from './choose-clusters.ts'
import { evaluateClustering } from './clustering.ts'
import { choiceOutline, clusteringOutline, comparisonOutline } from './clustering-report.ts'
import { clusteringStability, jaccard } from './clustering-stability.ts'
import { compareClusterers } from './compare-clusterers.ts'
import { tableText } from './table.ts'
import { trainClusterer } from './train-clusterer.ts'
import { Truth } from './truth.ts'

const labels = Int32Array.from({ length: 90 }, (_, i) => i % 3)
const rng = new Random(3)
const blobs = Matrix.from(Array.from(labels, (c) => [8 * c + rng.normal(), (c === 1 ? 9 : 0) + rng.normal()]))
const input = { features: blobs, graph: null }
const truth = new Truth(labels)

describe('evaluateClustering', () => {
  test('with features, graph and truth: all measures; without: what can be said', async () => {
    const edges = { sources: Int32Array.of(0, 1), targets: Int32Array.of(3, 4), weights: null }
    const graph = adjacencyOf(90, edges, { directed: false }).adjacency
    const all = await evaluateClustering(
      { labels, clusters: 4 },
      { input: { features: blobs, graph }, truth },
    )
    expect(all.measures).toMatchObject({
      acc: 1,
      nmi: expect.closeTo(1, 9),
      ari: 1,
      f1: 1,
      purity: 1,
      modularity: 0.5,
    })
    expect(all.measures['silhouette']).toBeGreaterThan(0.6)
    expect(all.measures['balance']).toBeCloseTo(Math.log(3) / Math.log(4), 9)
    expect([all.empty, all.sizes]).toEqual([1, [30, 30, 30, 0]])
    const alone = await evaluateClustering({ labels, clusters: 3 })
    expect(alone.measures).toEqual({ balance: expect.closeTo(1, 9) })
    const text = clusteringOutline(all)
      .tables.map((table) => tableText(table, 100))
      .join('\n')
    expect(text).toMatch(/0 +30 +33.3 %/)
  })

  test('a large input is sampled, and the report says so', async () => {
    const before = heap.bytesInUse
    const result = await evaluateClustering({ labels, clusters: 3 }, { input, sample: 20 })
    expect(result.silhouette).toMatchObject({ sampled: 20, exact: false })
    expect(clusteringOutline(result).notes.join()).toContain('20 rows drawn at random, each against all 90')
    expect(heap.bytesInUse).toBe(before)
  })

  test('the truth gives no label back', () => {
    expect(Object.values(truth)).toEqual([90, 3])
    expect(JSON.stringify(truth)).toBe('{"rows":90,"classes":3}')
    expect(() => truth.agreement(Int32Array.of(1))).toThrow(/expected 90 labels, got 1/)
  })
})

describe('compareClusterers', () => {
  test('paired seeds, spread, stability between seeds', async () => {
    const report = await compareClusterers(
      input,
      [
        { name: 'three', method: 'k-means', config: { clusters: 3 } },
        { name: 'two', method: 'k-means', config: { clusters: 2, restarts: 1 } },
      ],
      { seeds: [1, 2, 3], truth },
    )
    const [three, two] = report.rows
    expect(three.metrics['acc']).toEqual({ mean: 1, std: 0, min: 1, max: 1 })
    expect([three.stability, three.difference, report.classes]).toEqual([1, null, 3])
    expect(two.difference!['acc']).toMatchObject({
      mean: expect.closeTo(two.metrics['acc'].mean - 1, 9),
      higher: 0,
    })
    expect(two.runs.map((run) => run.seed)).toEqual([1, 2, 3])
    const { tables, notes } = comparisonOutline(report)
    expect(tables.map((table) => table.title)).toEqual([
      'Mean ± standard deviation over 3 seeds',
      'Lowest and highest',
      'Difference to three, paired by seed',
    ])
    expect(notes.join()).toContain('final state')
  })

  test('names and seeds must differ', async () => {
    const k = { method: 'k-means', config: { clusters: 2 } }
    await expect(compareClusterers(input, [k, k], { seeds: [1] })).rejects.toThrow(/a name of its own/)
    await expect(compareClusterers(input, [k], { seeds: [1, 1] })).rejects.toThrow(/each once/)
  })
})

describe('stability', () => {
  test('Jaccard by hand', () => {
    // {0, 1, 2} against {0, 1} and {2, 3}: 2/3; {3} against {2, 3}: 1/2; the third is empty.
    expect(jaccard(Int32Array.of(0, 0, 0, 1), Int32Array.of(1, 1, 0, 0), 3)).toEqual([2 / 3, 1 / 2, 0])
  })

  test('blobs come back under seeds and bootstrap; what has no structure does not', async () => {
    const good = await trainClusterer(input, { method: 'k-means', config: { clusters: 3 } })
    for (const over of ['seeds', 'bootstrap'] as const) {
      const found = await clusteringStability(good, input, { over, runs: 4 })
      expect(found).toEqual({ over, runs: 4, ari: 1, clusters: [1, 1, 1] })
      expect(good.withStability(found).stability).toBe(found)
    }
    const noise = new Random(9)
    const flat = {
      features: Matrix.from(Array.from({ length: 90 }, () => [noise.float(), noise.float(), noise.float()])),
      graph: null,
    }
    const bad = await trainClusterer(flat, { method: 'k-means', config: { clusters: 7, restarts: 1 } })
    expect((await clusteringStability(bad, flat, { over: 'bootstrap', runs: 4 })).ari).toBeLessThan(0.8)
  })
})

describe('chooseClusters', () => {
  const three = { clusters: [2, 3, 4, 5] }

  test('silhouette, gap, BIC and stability all find three blobs', async () => {
    for (const by of ['silhouette', 'gap', 'stability'] as const) {
      const choice = await chooseClusters(input, { method: 'k-means', by, ...three, references: 5, runs: 4 })
      expect([by, choice.clusters]).toEqual([by, 3])
      expect(choice.model.clusters).toBe(3)
    }
    const mixture = await chooseClusters(input, { method: 'gaussian-mixture', by: 'bic', ...three })
    expect(mixture.clusters).toBe(3)
    const [table] = choiceOutline(mixture).tables
    expect(table.header).toEqual(['K', 'silhouette', 'bic', 'balance', 'empty'])
    expect(table.rows[1][0]).toBe('3 *')
  })

  test('the rule of the gap: the least K whose gap is not below the next less its error', () => {
    const rows = [0.1, 0.5, 0.52, 0.6].map((gap, i) => ({
      clusters: i + 1,
      gap,
      gapError: 0.03,
    })) as CandidateRow[]
    expect(chooseRow(rows, 'gap', '')).toBe(1)
    expect(chooseRow(rows.slice(0, 2), 'gap', '')).toBe(1)
  })

  test('a criterion that does not apply is refused', async () => {
    await expect(chooseClusters(input, { method: 'k-means', by: 'bic', ...three })).rejects.toThrow(
      'choosing K by bic: expected a method with a likelihood',
    )
    await expect(chooseClusters(input, { method: 'k-means', clusters: [3, 2] })).rejects.toThrow(
      /ascending, got 3, 2/,
    )
  })
})
