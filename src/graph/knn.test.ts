import { describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import type { Features } from '../tensor/features.ts'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'
import { nearestNeighbourGraph, type NeighbourOptions } from './knn.ts'

function build(x: Features, options: NeighbourOptions): Sparse {
  return heap.scope(() => {
    const job = nearestNeighbourGraph(x, options)
    for (;;) {
      const step = job.next()
      if (step.done) return step.value
    }
  })
}
const listed = (g: Sparse): [number, number, number][] =>
  Array.from({ length: g.rows }, (_, r) => r).flatMap((r) =>
    Array.from(g.row(r), (c, i): [number, number, number] => [
      r,
      c,
      g.values ? g.values[g.indptr[r] + i] : 1,
    ]),
  )

const line = Matrix.from([[0], [1], [3], [10]])

describe('nearestNeighbourGraph', () => {
  test('on a line, by hand: union and mutual', () => {
    // Choices of one neighbour: 0→1, 1→0, 2→1, 3→2, at squared distances 1, 1, 4, 49: σ² = 55/4.
    const heat = (squared: number) => expect.closeTo(Math.exp(-squared / (2 * (55 / 4))), 6)
    expect(listed(build(line, { neighbours: 1 }))).toEqual([
      [0, 1, heat(1)],
      [1, 0, heat(1)],
      [1, 2, heat(4)],
      [2, 1, heat(4)],
      [2, 3, heat(49)],
      [3, 2, heat(49)],
    ])
    expect(listed(build(line, { neighbours: 1, join: 'mutual', weighted: false }))).toEqual([
      [0, 1, 1],
      [1, 0, 1],
    ])
    expect(build(line, { neighbours: 1, width: 1 }).values![0]).toBeCloseTo(Math.exp(-0.5), 6)
  })

  test('cosine and dot product: angles and lengths; nothing positive, no edge', () => {
    const x = Matrix.from([
      [1, 0],
      [10, 1],
      [0, 2],
      [-3, -3],
      [0, 0],
    ])
    const cosine = listed(build(x, { neighbours: 1, similarity: 'cosine' }))
    expect(cosine.map(([r, c]) => [r, c])).toEqual([
      [0, 1],
      [1, 0],
      [1, 2],
      [2, 1],
    ])
    expect(cosine[0][2]).toBeCloseTo(10 / Math.sqrt(101), 6)
    const dot = listed(build(x, { neighbours: 1, similarity: 'dot' }))
    expect(dot.find(([r, c]) => r === 0 && c === 1)![2]).toBe(10)
  })

  test('agrees with a plain search, dense and sparse, symmetric', () => {
    const rng = new Random(1)
    const n = 700
    const d = 5
    const x = Matrix.from(
      Array.from({ length: n }, () =>
        Array.from({ length: d }, () => (rng.float() < 0.4 ? 0 : 2 + rng.normal())),
      ),
    )
    const indptr = new Uint32Array(n + 1)
    const entries: [number, number][] = []
    for (let r = 0; r < n; r++) {
      x.row(r).forEach((value, c) => value !== 0 && entries.push([c, value]))
      indptr[r + 1] = entries.length
    }
    const sparse = new Sparse(
      n,
      d,
      indptr,
      Int32Array.from(entries, ([c]) => c),
      Float32Array.from(entries, ([, value]) => value),
    )
    const graph = build(x, { neighbours: 4, weighted: false })
    let same = 0
    for (let i = 0; i < n; i++) {
      const order = Array.from({ length: n }, (_, j) => j)
        .filter((j) => j !== i)
        .map((j) => [x.row(i).reduce((sum, value, c) => sum + (value - x.row(j)[c]) ** 2, 0), j])
        .sort((a, b) => a[0] - b[0])
      for (const [, j] of order.slice(0, 4)) if (graph.has(i, j) && graph.has(j, i)) same++
      expect(graph.has(i, i)).toBe(false)
    }
    expect(same).toBe(4 * n)
    for (const similarity of ['cosine', 'dot'] as const) {
      const options = { neighbours: 4, similarity } as const
      expect(build(sparse, options).nnz / build(x, options).nnz).toBeCloseTo(1, 2)
    }
    const weights = build(x, { neighbours: 4 })
    expect(weights.values).toEqual(
      new Sparse(n, n, weights.indptr, weights.indices, weights.values).transposed.values,
    )
  })

  test('equal rows are neighbours of weight 1; k must fit', () => {
    const equal = build(Matrix.from([[7], [7], [7]]), { neighbours: 2 })
    expect(listed(equal).every(([, , weight]) => weight === 1)).toBe(true)
    expect(equal.nnz).toBe(6)
    expect(() => build(line, { neighbours: 4 })).toThrow('neighbours: expected a whole number from 1 to 3')
    expect(() => build(Matrix.from([[1]]), { neighbours: 1 })).toThrow(/from 1 to 0/)
  })
})
