/** Self-training over batches of rows: what DEC and IDEC share. */
import { z } from 'zod'
import { SelfTrainingHead } from '../../../nn/heads/self-training.ts'
import { type Dense, stack } from '../../../nn/layers/dense.ts'
import { encodeAll } from '../../../nn/networks/autoencoder.ts'
import type { Step } from '../../../nn/training/objective.ts'
import { minibatches, runPhase } from '../../../nn/training/phase.ts'
import type { Random } from '../../../random.ts'
import type { Features } from '../../../tensor/features.ts'
import type { Job } from '../../../train/run.ts'
import type { StateTensor } from '../../state.ts'
import type { ClusterContext } from './definition.ts'
import { clusterFacts } from './deep.ts'
import { type Chosen, startFacts } from './starts.ts'
import type { ProbabilisticState } from './state.ts'

export const selfTrainingSettings = {
  epochs: z.int().nonnegative().default(200).describe('Most epochs of clustering.'),
  refreshEvery: z
    .int()
    .positive()
    .default(1)
    .describe('How often assignments and target of all rows are renewed …'),
  refreshUnit: z.enum(['epochs', 'steps']).default('epochs').describe('… in epochs or in steps.'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0.001)
    .describe('Stops when a renewal changes a smaller share of the labels.'),
}

type Settings = z.output<z.ZodObject<typeof selfTrainingSettings>> & { readonly batch: number }

/** A head on the code of an encoder, its centres from k-means on the code of all rows. */
export function* encodedHead(
  x: Features,
  encoder: readonly Dense[],
  {
    clusters,
    latent,
    restarts,
  }: { readonly clusters: number; readonly latent: number; readonly restarts: number },
  rng: Random,
): Job<SelfTrainingHead> {
  const head = new SelfTrainingHead(x.rows, clusters, latent, (out) =>
    encodeAll(x, (block) => stack(encoder, block), out),
  )
  yield* head.init(restarts, rng)
  return head
}

/**
 * Steps on batches of rows, renewing the head's target now and then, until the labels settle or the epochs are over. `extra` is
 * kept in the state. `start` is what the encoder came from. `settle`: a renewal moves the centres as well (see {@link SelfTrainingHead.refresh}).
 */
export function* selfTrain(
  head: SelfTrainingHead,
  step: Step<Int32Array>,
  extra: Readonly<Record<string, StateTensor>>,
  { epochs, refreshEvery: every, refreshUnit: unit, tolerance, batch }: Settings,
  { observe }: Pick<ClusterContext, 'observe'>,
  start: Chosen,
  settle = false,
): Job<ProbabilisticState> {
  const { rng } = start
  const rows = head.labels.length
  const settling = settle ? rng.stream('settle') : undefined
  const batches = minibatches(rows, batch, rng.stream('train'))
  const result = yield* runPhase({
    name: 'train',
    epochs,
    batches,
    step,
    refresh: {
      every,
      unit,
      *run(steps) {
        const changed = yield* head.refresh(settling)
        observe?.({ epoch: Math.floor(steps / batches.perEpoch), labels: head.labels, latent: head.latent })
        return steps > 0 && changed < tolerance
      },
    },
  })
  if (!result.stopped) yield* head.refresh(settling)
  const clusters = head.centres.rows
  return {
    labels: head.labels,
    clusters,
    probabilities: head.assignment,
    latent: head.latent,
    centres: head.centres,
    extra,
    facts: clusterFacts(head.labels, clusters, { ...result, ...startFacts(start) }),
  }
}
