/** The equations of the papers on cases small enough to work by hand. */
import { describe, expect, test } from 'vitest'
import { normalizedBipartite, normalizedInteractions } from '../../graph/bipartite.ts'
import { heap } from '../../kernels/heap.ts'
import { batchPenalty } from '../../nn/ranking-losses.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { runSync } from '../../train/run.ts'
import { ease, weightsFromInverse } from './ease.ts'
import { resolveConfig } from '../method.ts'
import type { RecommenderDefinition } from './family/definition.ts'
import type { FittedScorer } from './family/scorer.ts'
import { restoreScorer } from './family/scorers/index.ts'
import { gfCF } from './gf-cf.ts'
import { itemKNN, shrunkCosine } from './item-knn.ts'
import { layerWeights } from './lightgcn.ts'
import { popularity } from './popularity.ts'

/** u0: a b; u1: a b c; u2: c. */
const interactions = new Sparse(
  3,
  3,
  new Uint32Array([0, 2, 5, 6]),
  new Int32Array([0, 1, 0, 1, 2, 2]),
  null,
).placed()
const dense = [
  [1, 1, 0],
  [1, 1, 1],
  [0, 0, 1],
]

function fit<C>(definition: RecommenderDefinition<C>, config: Record<string, unknown>): FittedScorer {
  const context = { rng: new Random(1), validate: null, resume: null }
  return restoreScorer(
    runSync(definition.fit(interactions, resolveConfig(definition, config), context)),
    interactions,
  )
}

function scores(scorer: FittedScorer, user: number): number[] {
  const out = heap.scratchF32(3)
  scorer.scores(heap.place(Int32Array.of(user)), out)
  return [...out]
}

test('popularity counts users', () => {
  expect(scores(fit(popularity, {}), 2)).toEqual([2, 2, 2])
})

describe('ItemKNN', () => {
  test('shrunk cosine', () => {
    expect(shrunkCosine(2, 4, 9, 0)).toBeCloseTo(1 / 3)
    expect(shrunkCosine(2, 4, 9, 2)).toBeCloseTo(0.25)
  })

  test('sums similarities to the items of the user', () => {
    // cos(a, b) = 2/2 = 1, cos(a, c) = cos(b, c) = 1/2
    expect(scores(fit(itemKNN, { shrinkage: 0 }), 0)).toEqual([1, 1, expect.closeTo(1)])
    expect(scores(fit(itemKNN, { shrinkage: 0 }), 2)).toEqual([expect.closeTo(0.5), expect.closeTo(0.5), 0])
  })

  test('keeps only the nearest neighbours of each item', () => {
    // With one neighbour, a and b keep each other; c keeps a (a tie, first by number).
    expect(scores(fit(itemKNN, { shrinkage: 0, neighbours: 1 }), 2)).toEqual([0, 0, 0])
    expect(scores(fit(itemKNN, { shrinkage: 0, neighbours: 1 }), 0)).toEqual([1, 1, expect.closeTo(0.5)])
  })
})

describe('EASE', () => {
  test('B = −P / diag(P) with zero diagonal', () => {
    const p = new Float32Array([2, -1, -1, 4])
    weightsFromInverse(p, 2)
    expect([...p]).toEqual([0, 0.25, 0.5, 0])
  })

  test('solves its least squares: the gradient of ‖X − XB‖² + λ‖B‖² is zero off the diagonal', () => {
    const scorer = fit(ease, { l2: 0.7 })
    const b = Array.from({ length: 3 }, (_, i) => {
      const out = heap.scratchF32(3)
      scorer.similarItems(i, out)
      return [...out]
    })
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        if (i === j) continue
        let gradient = 0.7 * b[i][j]
        for (const x of dense) gradient += x[i] * (x.reduce((sum, v, k) => sum + v * b[k][j], 0) - x[j])
        expect(gradient).toBeCloseTo(0, 5)
      }
    }
    expect(scores(scorer, 0)).toEqual([b[1][0], b[0][1], b[0][2] + b[1][2]].map((v) => expect.closeTo(v, 5)))
  })
})

describe('GF-CF', () => {
  test('scores are r_u (R̃ᵀR̃ + α D^-½ V Vᵀ D^½)', () => {
    // With V complete, V Vᵀ is the projection on the row space of R̃, here of rank 2: a and b are the same column.
    const alpha = 0.4
    const degree = [2, 2, 2]
    const user = [2, 3, 1]
    const normal = dense.map((row, u) => row.map((v, i) => v / Math.sqrt(user[u] * degree[i])))
    const projection = [
      [0.5, 0.5, 0],
      [0.5, 0.5, 0],
      [0, 0, 1],
    ]
    const expected = [0, 1, 2].map((j) =>
      dense[1].reduce((sum, r, i) => {
        const linear = normal.reduce((s, row) => s + row[i] * row[j], 0)
        return sum + r * (linear + alpha * Math.sqrt(degree[j] / degree[i]) * projection[i][j])
      }, 0),
    )
    expect(scores(fit(gfCF, { rank: 2, alpha }), 1)).toEqual(expected.map((v) => expect.closeTo(v, 5)))
  })

  test('similar items are rows of the filter', () => {
    const out = heap.scratchF32(3)
    fit(gfCF, { rank: 2, alpha: 0 }).similarItems(0, out)
    // (R̃ᵀR̃)_ab = 1/(2·2) + 1/(3·2); _ac = 1/(3·2)
    expect(out[1]).toBeCloseTo(1 / 4 + 1 / 6, 5)
    expect(out[2]).toBeCloseTo(1 / 6, 5)
  })
})

describe('LightGCN', () => {
  test('layers weigh the same', () => {
    expect(layerWeights(3)).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(layerWeights(0)).toEqual([1])
  })

  test('the graph is D^-½ A D^-½ with users first, equal to its transpose', () => {
    const a = normalizedBipartite(interactions)
    expect(a.rows).toBe(6)
    expect([...a.row(0)]).toEqual([3, 4])
    expect(a.values![0]).toBeCloseTo(1 / Math.sqrt(2 * 2), 6)
    expect([...a.row(5)]).toEqual([1, 2])
    const again = new Sparse(6, 6, a.indptr, a.indices, a.values).transposed
    expect(again.indices).toEqual(a.indices)
    expect(again.values).toEqual(a.values)
    normalizedInteractions(interactions).values!.forEach((v, e) => expect(v).toBeCloseTo(a.values![e], 6))
  })
})

test('the L2 penalty counts an embedding as often as the batch uses it', () => {
  const rows = new Matrix(2, 2, heap.place(new Float32Array([1, 2, 3, 0])))
  const counts = new Matrix(2, 1, heap.place(new Float32Array([1, 3])))
  // ½ (1 · 5 + 3 · 9) / 4
  expect(batchPenalty(rows, counts, 4).data[0]).toBe(4)
})
