/** A graph for rows that have none: each row joined to its k nearest ones, exactly, in blocks. */
import { centred } from '../tensor/centring.ts'
import { type Features, placeFeatures, squaredNorms } from '../tensor/features.ts'
import { Sparse } from '../tensor/sparse.ts'
import { adjacencyOf } from './csr.ts'
import { checkNeighbours, nearestRows, type Similarity } from './nearest.ts'

export interface NeighbourOptions {
  /** k, below the number of rows. */
  readonly neighbours: number
  /** Default heat. */
  readonly similarity?: Similarity
  /** `union`: an edge where either row chose the other; `mutual`: where both did. Default union. */
  readonly join?: 'union' | 'mutual'
  /** False: all edges weigh 1. Default true. */
  readonly weighted?: boolean
  /** σ of the heat kernel. Default: the root of the mean squared distance to the chosen neighbours. */
  readonly width?: number
}

/** The smallest weight of an edge: a heat kernel that underflows is still an edge. */
const SMALLEST = 1e-30

/**
 * The symmetric graph of the k nearest neighbours (of distances in float32), without self-loops. Of equally near rows the first are taken. Cosines and dot
 * products of 0 or less make no edge, so rows may stay isolated, as rows of zeros do. Yields rows done.
 *
 * @throws ARGUMENT unless 1 ≤ neighbours < rows.
 */
export function* nearestNeighbourGraph(
  input: Features,
  { neighbours: k, similarity = 'heat', join = 'union', weighted = true, width }: NeighbourOptions,
): Generator<{ done: number; of: number }, Sparse, void> {
  const n = input.rows
  checkNeighbours(k, n)
  const placed = placeFeatures(input)
  const x = similarity === 'heat' ? centred(placed).x : placed
  const norms = squaredNorms(x)
  const { index, score } = yield* nearestRows(x, norms, k, similarity)
  const targets = index.slice()
  const weights = Float32Array.from(score)
  if (similarity === 'heat') heatWeights(weights, norms, k, width)
  const chosen = targets.map((target, e) => (similarity === 'heat' || weights[e] > 0 ? target : -1))
  return assemble(n, k, chosen, weighted ? weights : null, join)
}

/** Scores 2 x·y − ‖y‖² become exp(−‖x − y‖² / 2σ²), in place. */
function heatWeights(scores: Float32Array, norms: Float32Array, k: number, width?: number): void {
  let sum = 0
  for (let e = 0; e < scores.length; e++) {
    scores[e] = Math.max(0, norms[Math.floor(e / k)] - scores[e])
    sum += scores[e]
  }
  const spread = width === undefined ? sum / scores.length : width * width
  for (let e = 0; e < scores.length; e++)
    scores[e] = spread > 0 ? Math.max(SMALLEST, Math.exp(-scores[e] / (2 * spread))) : 1
}

/** The symmetric matrix of the choices: k targets per row, −1 for none. */
function assemble(
  n: number,
  k: number,
  chosen: Int32Array,
  weights: Float32Array | null,
  join: 'union' | 'mutual',
): Sparse {
  const edges = (keep: (source: number, target: number) => boolean) => {
    const kept = Array.from(chosen.keys()).filter((e) => chosen[e] >= 0 && keep(Math.floor(e / k), chosen[e]))
    return {
      sources: Int32Array.from(kept, (e) => Math.floor(e / k)),
      targets: Int32Array.from(kept, (e) => chosen[e]),
      weights: weights && Float32Array.from(kept, (e) => weights[e]),
    }
  }
  const all = edges(() => true)
  if (join === 'union') return symmetric(n, all)
  const directed = adjacencyOf(n, { ...all, weights: null }, { directed: true, parallel: 'max' }).adjacency
  return symmetric(
    n,
    edges((source, target) => directed.has(target, source)),
  )
}

function symmetric(n: number, edges: Parameters<typeof adjacencyOf>[1]): Sparse {
  return adjacencyOf(n, edges, { directed: false, parallel: 'max' }).adjacency.declareSymmetric()
}
