import { expect, test } from 'vitest'
import { adjacencyOf } from '../../graph/csr.ts'
import { adjustedRandIndex } from '../../metrics/clustering.ts'
import { Random } from '../../random.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { runSync } from '../../train/run.ts'
import { spectralClusters, type SpectralResult } from './spectral.ts'

/** Cliques of the given sizes one after the other, bridges between the given nodes, then nodes alone. */
function cliques(sizes: readonly number[], bridges: readonly [number, number][] = [], alone = 0): Sparse {
  const edges: (readonly [number, number])[] = [...bridges]
  let start = 0
  for (const size of sizes) {
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) edges.push([start + i, start + j])
    start += size
  }
  const sources = Int32Array.from(edges, ([a]) => a)
  const targets = Int32Array.from(edges, ([, b]) => b)
  return adjacencyOf(start + alone, { sources, targets, weights: null }, { directed: false }).adjacency
}
const cluster = (graph: Sparse, k: number, seed = 1): SpectralResult =>
  runSync(spectralClusters(graph, k, { rng: new Random(seed) }))
const blocks = (...sizes: number[]): Int32Array =>
  Int32Array.from(sizes.flatMap((size, c) => Array(size).fill(c)))

test('cliques joined by bridges', () => {
  const graph = cliques(
    [6, 8, 10],
    [
      [0, 6],
      [7, 14],
    ],
  )
  const { labels, eigenvalues, converged } = cluster(graph, 3)
  expect(adjustedRandIndex(labels, blocks(6, 8, 10))).toBe(1)
  expect(converged).toBe(true)
  expect(eigenvalues[0]).toBeCloseTo(0, 5)
  expect(eigenvalues[1]).toBeGreaterThan(0.001)
})

test('two cliques of n nodes and an edge: the second eigenvalue by hand', () => {
  // For x = 1 on one side and −1 on the other, xᵀLx / xᵀDx = 4 / (2m); the eigenvector is a little better.
  const { eigenvalues } = cluster(cliques([30, 30], [[0, 30]]), 2)
  const cut = 4 / (2 * (2 * 435 + 1))
  expect(eigenvalues[1]).toBeLessThan(cut)
  expect(eigenvalues[1]).toBeGreaterThan(0.9 * cut)
})

test('components are not cut, whether they are as many as clusters or more; isolated nodes join the largest', () => {
  const graph = cliques([5, 9, 12, 7], [], 3)
  for (const k of [4, 2]) {
    const { labels, isolated, latent, eigenvalues } = cluster(graph, k)
    let start = 0
    for (const size of [5, 9, 12, 7]) {
      expect(new Set(labels.subarray(start, start + size)).size).toBe(1)
      start += size
    }
    expect(new Set(labels).size).toBe(k)
    expect(isolated).toBe(3)
    if (k === 4) expect([...labels.subarray(33)]).toEqual([labels[14], labels[14], labels[14]])
    expect(Array.from(latent.row(34))).toEqual(Array.from({ length: k }, () => 0))
    for (const value of eigenvalues) expect(value).toBeCloseTo(0, 5)
  }
})

test('fewer components than clusters: the sparsest is cut', () => {
  const graph = cliques([6, 6, 8], [[0, 6]])
  expect(adjustedRandIndex(cluster(graph, 3).labels, blocks(6, 6, 8))).toBe(1)
})

test('no edges, and more clusters than nodes with edges, are refused', () => {
  expect(() => cluster(cliques([], [], 4), 2)).toThrow(/no edges/)
  expect(() => cluster(cliques([3], [], 4), 4)).toThrow('number of nodes that have edges, got 4')
})
