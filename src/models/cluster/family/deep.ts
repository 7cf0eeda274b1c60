/** What the deep methods share: settings, what their networks take, and how these are kept for `predict`. */
import { z } from 'zod'
import { heap } from '../../../kernels/heap.ts'
import type { Dense } from '../../../nn/layers/dense.ts'
import { clusterSizes } from '../../../metrics/clustering.ts'
import { checkClusters } from '../../../nn/clustering/k-means.ts'
import { about, centred } from '../../../tensor/centring.ts'
import type { Features } from '../../../tensor/features.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { listParams, type Params } from '../../../tensor/tape.ts'
import type { Job } from '../../../train/run.ts'
import { withTranspose } from '../../../nn/rows.ts'
import { encodeRows } from '../../../nn/networks/autoencoder.ts'
import { argmaxRows, studentAssignment } from '../../../nn/heads/self-training.ts'
import type { Estimate } from '../../method.ts'
import type { StateTensor } from '../../state.ts'
import type { ClusterShape } from './definition.ts'
import type { Assignment, ClusterState } from './state.ts'

export const clusterSettings = {
  clusters: z.int().min(1).describe('K: how many clusters.'),
  restarts: z.int().positive().default(20).describe('Runs of the k-means that sets the first centres.'),
}

/**
 * The features as networks read them: about their mean where they lie far from the origin, as dates do, which would drown what
 * tells rows apart. `origin` is that mean, kept for new rows. `mayMove` false leaves them
 * as they are. Refuses a K that the rows cannot fill before anything is trained.
 */
export function prepareFeatures(
  features: Features,
  clusters: number,
  mayMove = true,
): { x: Features; origin: Float32Array | null } {
  checkClusters(clusters, features.rows)
  const { x, shift } = mayMove ? centred(features) : { x: features, shift: null }
  return { x: withTranspose(x), origin: shift }
}

/** New rows as {@link prepareFeatures} made those of the training. */
export function preparedRows(rows: Features, { extra }: ClusterState): Features {
  return about(rows, (extra?.['origin']?.data as Float32Array | undefined) ?? null)
}

/** The origin among the tensors of a state. */
export function originTensor(origin: Float32Array | null): Record<string, StateTensor> {
  return origin ? { origin: { data: origin, shape: [origin.length] } } : {}
}

/** A network's weights by path, for {@link ClusterState.extra}. */
export function networkTensors(params: Params): Record<string, StateTensor> {
  return Object.fromEntries(
    listParams(params).map(({ path, matrix }) => [
      path,
      { data: matrix.data, shape: [matrix.rows, matrix.cols] },
    ]),
  )
}

/** A matrix among the tensors. */
export function matrixFrom({ data, shape }: StateTensor): Matrix {
  return new Matrix(shape[0], shape[1], heap.place(data as Float32Array))
}

/** The stack of layers of this name among the tensors. */
export function stackFrom(tensors: Readonly<Record<string, StateTensor>> = {}, name: string): Dense[] {
  const layers: Dense[] = []
  for (let l = 0; `${name}.${l}.weight` in tensors; l++) {
    const [weight, bias] = ['weight', 'bias'].map((part) => matrixFrom(tensors[`${name}.${l}.${part}`]))
    layers.push({ weight, bias })
  }
  return layers
}

/** The soft assignments of new rows by a trained encoder and the Student-t kernel around the centres of the state. */
export function* assignByKernel(rows: Features, state: ClusterState): Job<Assignment> {
  const z = yield* encodeRows(preparedRows(rows, state), stackFrom(state.extra, 'encoder'))
  const probabilities = studentAssignment(z, state.centres!)
  return { labels: argmaxRows(probabilities), probabilities }
}

/** Facts that every deep method reports: the size of each cluster, the empty ones among them, and its own. */
export function clusterFacts(
  labels: Int32Array,
  clusters: number,
  facts: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const sizes = Array.from(clusterSizes(labels, clusters))
  return { ...facts, sizes, emptyClusters: sizes.flatMap((size, cluster) => (size === 0 ? [cluster] : [])) }
}

interface NetworkSize {
  readonly hidden: readonly number[]
  readonly latent: number
  readonly batch: number
  readonly clusters: number
}

/** Weights of the layers between sizes[0], sizes[1] … */
export function layerWeights(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((total, size, l) => total + size * sizes[l], 0)
}

/** Weights with gradients and two moments, and an array with its gradient for each of `width` numbers that a row passes through. */
export function fullBatchBytes(rows: number, weights: number, width: number): number {
  return 4 * (4 * weights + 2 * rows * width)
}

/**
 * An autoencoder trained on batches for so many passes over the rows: weights with gradients and two moments, the activations of a
 * batch with their gradients, the latent and assignments of all rows.
 */
export function autoencoderEstimate(
  { rows, columns }: ClusterShape,
  size: NetworkSize,
  passes: number,
): Estimate {
  const weights = 2 * layerWeights([columns, ...size.hidden, size.latent])
  const width = 2 * (columns + size.hidden.reduce((a, b) => a + b, size.latent))
  const block = Math.max(2 * Math.min(rows, size.batch), Math.min(rows, 2048) / 2)
  return {
    bytes: 4 * (4 * weights + 2 * block * width + rows * (2 * size.latent + 2 * size.clusters + 2)),
    operations: 3 * weights * rows * passes,
  }
}
