/**
 * Deep embedded clustering's head (Xie, Girshick & Farhadi 2016, https://arxiv.org/abs/1511.06335): soft assignments by a
 * Student-t kernel around centres, and a sharper version of themselves as their target.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Random } from '../../random.ts'
import { log, scale } from '../../tensor/elementwise.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { softmax, squaredDistances } from '../../tensor/rowwise.ts'
import { inRegion, type Job } from '../../train/run.ts'
import { kMeans } from '../clustering/k-means.ts'

type Latent = Matrix<'node', 'latent'>
type Centres = Matrix<'cluster', 'latent'>
export type Soft = Matrix<'node', 'cluster'>

/** −(ν + 1)/2 · ln(1 + ‖z_i − μ_j‖²/ν): the logarithm of the Student-t kernel, n × K. Its softmax over j is q. */
export function studentLogits(z: Matrix, centres: Centres, freedom = 1): Soft {
  return scale(log(scale(squaredDistances(z as Latent, centres), 1 / freedom, 1)), -(freedom + 1) / 2)
}

/** q_ij ∝ (1 + ‖z_i − μ_j‖²/ν)^−(ν+1)/2, rows sum to 1. */
export function studentAssignment(z: Matrix, centres: Centres, freedom = 1): Soft {
  return softmax(studentLogits(z, centres, freedom))
}

/**
 * p_ij ∝ q_ij² / Σ_i q_ij, rows sum to 1. A cluster that has (almost) no mass left in q gets none in p: nothing is divided by zero,
 * and nothing is pulled towards it.
 */
export function targetDistribution(q: Soft): Soft {
  const { rows, cols } = q
  const mass = heap.scope(() => {
    const sums = heap.scratchF32(cols)
    kernels().columnSum(q.data, rows, cols, 0, sums)
    return Array.from(sums)
  })
  const p = new Matrix<'node', 'cluster'>(rows, cols, heap.scratchF32(rows * cols))
  for (let i = 0; i < rows; i++) {
    let total = 0
    for (let j = 0; j < cols; j++) {
      const value = q.data[i * cols + j]
      total += p.data[i * cols + j] = mass[j] > TINY ? (value * value) / mass[j] : 0
    }
    for (let j = 0; j < cols; j++) p.data[i * cols + j] /= total
  }
  return p
}

/** Less than this share of one row is no mass. */
const TINY = 1e-20

/** The number of the largest of each row, the first of equal ones. */
export function argmaxRows({ rows, cols, data }: Matrix, out: Int32Array = heap.i32(rows)): Int32Array {
  for (let i = 0; i < rows; i++) {
    let best = 0
    for (let j = 1; j < cols; j++) if (data[i * cols + j] > data[i * cols + best]) best = j
    out[i] = best
  }
  return out
}

/** P of the soft assignments that these logits stand for, as a constant: for targets of a batch from itself. */
export function ownTarget(logits: Soft): Soft {
  return targetDistribution(softmax(new Matrix<'node', 'cluster'>(logits.rows, logits.cols, logits.data)))
}

/** Fills n × d with the latent of all rows, by the network as it stands. */
export type Encode = (out: Latent) => Job<void>

/** Centres, a target for all rows, and what it takes to renew them. Arrays are in the region that is open at construction. */
export class SelfTrainingHead {
  /** μ: K × d, a parameter. */
  readonly centres: Centres
  /** n × d: the latent at the last refresh. */
  readonly latent: Latent
  /** Q at the last refresh. */
  readonly assignment: Soft
  /** P: a constant between two refreshes. */
  readonly target: Soft
  /** The labels at the last refresh. */
  readonly labels: Int32Array
  readonly #encode: Encode

  constructor(rows: number, clusters: number, width: number, encode: Encode) {
    this.centres = Matrix.zeros(clusters, width)
    this.latent = Matrix.zeros(rows, width)
    this.assignment = Matrix.zeros(rows, clusters)
    this.target = Matrix.zeros(rows, clusters)
    this.labels = heap.i32(rows)
    this.#encode = encode
  }

  /** Centres and labels by k-means on the latent, the best of `restarts`. */
  *init(restarts: number, rng: Random): Job<void> {
    yield* this.#encode(this.latent)
    yield* inRegion(kMeans(this.latent, this.centres.rows, { rng, restarts }), (result) => {
      this.centres.data.set(result.centres.data)
      this.labels.set(result.labels)
    })
  }

  /**
   * Renews Q, P and the labels of all rows; answers the share of labels that changed. With `settle` the centres first go to where
   * k-means leads from them on the renewed latent, an empty cluster to a row far from its own: for methods that do not learn centres by
   * gradients.
   */
  *refresh(settle?: Random): Job<number> {
    yield* this.#encode(this.latent)
    if (settle) {
      yield* inRegion(kMeans(this.latent, this.centres.rows, { rng: settle, init: this.centres }), (result) =>
        this.centres.data.set(result.centres.data),
      )
    }
    return heap.scope(() => {
      this.assignment.data.set(studentAssignment(this.latent, this.centres).data)
      this.target.data.set(targetDistribution(this.assignment).data)
      const labels = argmaxRows(this.assignment)
      let changed = 0
      for (let i = 0; i < labels.length; i++) if (labels[i] !== this.labels[i]) changed++
      this.labels.set(labels)
      return changed / Math.max(1, labels.length)
    })
  }
}
