/** Training an autoencoder to reconstruct, before there are clusters. */
import { z } from 'zod'
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { dropout, relu } from '../../tensor/elementwise.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { adam } from '../../tensor/optimiser.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { listParams } from '../../tensor/tape.ts'
import type { Job } from '../../train/run.ts'
import { dense, type Dense, stack } from '../layers/dense.ts'
import { type Autoencoder, createAutoencoder } from '../networks/autoencoder.ts'
import { takeRows } from '../rows.ts'
import type { Features } from '../../tensor/features.ts'
import { bernoulliError, meanSquaredError } from '../terms/reconstruction.ts'
import { descend } from './objective.ts'
import { minibatches, runPhase } from './phase.ts'

/** Settings of the network and its pre-training, for the schemas of the methods that use it. */
export const autoencoderSettings = {
  hidden: z
    .array(z.int().positive())
    .default([500, 500, 2000])
    .describe('Sizes of the encoder’s hidden layers; the decoder mirrors them.'),
  latent: z.int().positive().default(10).describe('Size of the code.'),
  pretrainEpochs: z.int().nonnegative().default(30).describe('Epochs of reconstruction alone.'),
  pretrainRate: z.number().positive().default(1e-3).describe('Learning rate of Adam in pre-training.'),
  pretrainSchedule: z
    .enum(['plain', 'layerwise'])
    .default('plain')
    .describe('All layers at once, or first each alone on the codes of those before it, for as many epochs.'),
  corruption: z
    .number()
    .min(0)
    .max(0.95)
    .default(0)
    .describe('Share of inputs set to zero in pre-training, by a denoising autoencoder.'),
  batch: z.int().positive().default(256).describe('Features per step.'),
}

export type AutoencoderSettings = z.output<z.ZodObject<typeof autoencoderSettings>>

/** Mean squared error, or the likelihood of a Bernoulli decoder whose output is before σ. */
export type Decoder = 'gaussian' | 'bernoulli'

/**
 * Autoencoders that were pre-trained on the rows of one input from one seed, by their settings: methods that begin with the same one
 * train it once. What is found is to the bit what would be trained.
 */
export interface Pretrained {
  find(settings: string): readonly Float32Array[] | undefined
  /** The arrays are copies. */
  keep(settings: string, weights: readonly Float32Array[]): void
}

/** Keeps them outside the kernel heap for as long as somebody holds it. */
export function keptInMemory(): Pretrained {
  const kept = new Map<string, readonly Float32Array[]>()
  return {
    find: (settings) => kept.get(settings),
    keep: (settings, weights) => void kept.set(settings, weights),
  }
}

/** What a pre-training draws from, and where its autoencoder is found and kept, if anywhere. */
export interface Start {
  readonly rng: Random
  readonly pretrained?: Pretrained | undefined
}

/** An autoencoder that reconstructs x. Arrays are in the open region. */
export function* pretrain(
  x: Features,
  settings: AutoencoderSettings,
  { rng, pretrained }: Start,
  decoder: Decoder = 'gaussian',
): Job<Autoencoder> {
  const network = createAutoencoder([x.cols, ...settings.hidden, settings.latent], rng.stream('init'))
  const weights = listParams(network).map(({ matrix }) => matrix.data)
  const name = nameOf(settings, decoder)
  const found = pretrained?.find(name)
  if (found) {
    found.forEach((values, i) => weights[i].set(values))
    return network
  }
  if (settings.pretrainSchedule === 'layerwise') yield* layerwise(x, network, settings, rng, decoder)
  const { pretrainEpochs: epochs, batch, corruption } = settings
  const reconstruct = descend({
    params: network,
    optimiser: (params) => adam(params, { rate: settings.pretrainRate }),
    forward: ({ encoder, decoder }, { x, noise }: CorruptedBatch) =>
      stack(decoder, stack(encoder, corrupt(x, corruption, noise))),
    terms: [{ name: 'reconstruction', weight: 1, of: (xHat, { x }) => reconstruction(decoder)(xHat, x) }],
  })
  const noise = rng.stream('noise')
  yield* runPhase({
    name: 'pretrain',
    epochs,
    batches: minibatches(x.rows, batch, rng.stream('batches')),
    step: (rows: Int32Array, progress) => reconstruct({ x: takeRows(x, rows), noise }, progress),
  })
  pretrained?.keep(
    name,
    weights.map((values) => values.slice()),
  )
  return network
}

/** All that decides what {@link pretrain} learns from given rows and a seed. */
function nameOf(settings: AutoencoderSettings, decoder: Decoder): string {
  const own = Object.keys(autoencoderSettings) as (keyof AutoencoderSettings)[]
  return JSON.stringify([decoder, ...own.map((key) => settings[key])])
}

interface CorruptedBatch {
  readonly x: Features
  readonly noise: Random
}

/** The term of a decoder. */
export function reconstruction(decoder: Decoder): (xHat: Matrix, x: Features) => Matrix {
  return decoder === 'bernoulli' ? bernoulliError : meanSquaredError
}

/** x with a share of its entries set to zero, the rest scaled up; of sparse rows the stored entries. */
export function corrupt(x: Features, share: number, rng: Random): Features {
  if (share === 0) return x
  if (x instanceof Matrix) return dropout(x, share, rng)
  const values = dropout(new Matrix(1, x.nnz, x.values ?? heap.scratchF32(x.nnz).fill(1)), share, rng).data
  const out = new Sparse(x.rows, x.cols, x.indptr, x.indices, values)
  void out.transposed
  return out.placed()
}

/**
 * DEC's greedy schedule (Xie et al. 2016, §3.3; Vincent et al. 2010): layer by layer, a two-layer network with both its inputs
 * dropped out learns to reconstruct the codes of the layers below.
 */
function* layerwise(
  x: Features,
  network: Autoencoder,
  settings: AutoencoderSettings,
  rng: Random,
  decoder: Decoder,
): Job<void> {
  const { encoder, decoder: mirror } = network
  const depth = encoder.length
  for (let l = 0; l < depth; l++) {
    const below = encoder.slice(0, l)
    const pair: { up: Dense; down: Dense } = { up: encoder[l], down: mirror[depth - 1 - l] }
    const noise = rng.stream('layer noise', l)
    const step = descend({
      params: pair,
      optimiser: (params) => adam(params, { rate: settings.pretrainRate }),
      forward({ up, down }, h: Features) {
        const code = dense(corrupt(h, LAYER_CORRUPTION, noise), up, l === depth - 1 ? 'linear' : 'relu')
        return dense(dropout(code, LAYER_CORRUPTION, noise), down, l === 0 ? 'linear' : 'relu')
      },
      terms: [
        {
          name: 'reconstruction',
          weight: 1,
          of: (hHat, h) => (l === 0 ? reconstruction(decoder) : meanSquaredError)(hHat, h),
        },
      ],
    })
    yield* runPhase({
      name: `pretrain layer ${l + 1} of ${depth}`,
      epochs: settings.pretrainEpochs,
      batches: minibatches(x.rows, settings.batch, rng.stream('layer batches', l)),
      step: (rows: Int32Array, progress) => {
        const batch = takeRows(x, rows)
        return step(l === 0 ? batch : relu(stack(below, batch)), progress)
      },
    })
  }
}

/** Share of a layer's inputs that layer-wise pre-training sets to zero, as in DEC. */
const LAYER_CORRUPTION = 0.2
