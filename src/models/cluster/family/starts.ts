/** Autoencoders from other first weights, of which the one is kept whose clusters a graph bears out: a choice that needs no labels. */
import { z } from 'zod'
import { fail } from '../../../errors.ts'
import { modularity } from '../../../metrics/modularity.ts'
import { clusterMetric, type ClusterMetric } from '../../../nn/clustering/cluster-metric.ts'
import { kMeans } from '../../../nn/clustering/k-means.ts'
import { type Autoencoder, encodeRows, turnCode } from '../../../nn/networks/autoencoder.ts'
import {
  type AutoencoderSettings,
  type Decoder,
  keptInMemory,
  pretrain,
  type Pretrained,
  type Start,
} from '../../../nn/training/pretraining.ts'
import type { Random } from '../../../random.ts'
import type { Features } from '../../../tensor/features.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import { inRegion, type Job } from '../../../train/run.ts'
import type { ClusterContext } from './definition.ts'

export const startSettings = {
  starts: z
    .int()
    .positive()
    .default(1)
    .describe(
      'Autoencoders to choose from, by the modularity of their clusters on a graph, which that takes.',
    ),
  metric: z
    .enum(['as trained', 'within'])
    .default('as trained')
    .describe(
      'How the pre-trained code is measured: as it came, or turned so that its own clusters are round.',
    ),
}

type Settings = AutoencoderSettings & {
  readonly clusters: number
  readonly restarts: number
  readonly starts: number
  readonly metric: 'as trained' | 'within'
}

export interface Chosen {
  readonly autoencoder: Autoencoder
  /** What the rest of the training draws from. */
  readonly rng: Random
  /** The modularity of each; empty where there was no choice. */
  readonly modularities: readonly number[]
}

/**
 * Pre-trains `starts` autoencoders on the rows alone and answers the one whose k-means clusters have the greatest modularity on the
 * graph, which none of them has seen. The first draws from the context's generator, so one start is {@link pretrain}, in the metric that is asked for, and takes no graph.
 * @throws ARGUMENT for several without a graph: nothing else that was tried tells them apart without labels.
 */
export function* startingAutoencoder(
  x: Features,
  settings: Settings,
  { rng, pretrained }: Pick<ClusterContext, 'rng' | 'pretrained'>,
  graph: Sparse | null,
  decoder?: Decoder,
): Job<Chosen> {
  if (settings.starts === 1) {
    const autoencoder = yield* measured(x, settings, { rng, pretrained }, decoder)
    return { autoencoder, rng, modularities: [] }
  }
  if (!graph) {
    throw fail('ARGUMENT', {
      what: `starts ${settings.starts}`,
      expected: 'a graph, by which one of them is chosen',
      got: 'no graph',
    })
  }
  const contexts = startContexts(settings.starts, { rng, pretrained: pretrained ?? keptInMemory() })
  const modularities: number[] = []
  for (const context of contexts) {
    modularities.push(yield* inRegion(modularityOf(x, graph, settings, context, decoder), (value) => value))
  }
  const best = Math.max(0, modularities.indexOf(Math.max(...modularities)))
  const autoencoder = yield* measured(x, settings, contexts[best], decoder)
  return { autoencoder, rng: contexts[best].rng, modularities }
}

/** Pre-trained, its code in the metric that is asked for. */
function* measured(
  x: Features,
  settings: Settings,
  context: Start,
  decoder: Decoder | undefined,
): Job<Autoencoder> {
  const autoencoder = yield* pretrain(x, settings, context, decoder)
  if (settings.metric === 'as trained') return autoencoder
  const { clusters, restarts } = settings
  const turn = function* (): Job<ClusterMetric> {
    const latent = yield* encodeRows(x, autoencoder.encoder)
    return yield* clusterMetric(latent, clusters, { rng: context.rng.stream('metric'), restarts })
  }
  const { root, inverse } = yield* inRegion(turn(), (metric) => metric)
  turnCode(autoencoder, root, inverse)
  return autoencoder
}

/** So many starts, each under a name of its own; the first is the context itself. */
export function startContexts(starts: number, { rng, pretrained }: Start): Start[] {
  return Array.from({ length: starts }, (_, start) =>
    start === 0
      ? { rng, pretrained }
      : { rng: rng.stream('start', start), pretrained: pretrained && named(`start ${start}`, pretrained) },
  )
}

/** Of a choice that was made, for a method's facts. */
export function startFacts({ modularities }: Chosen): Readonly<Record<string, unknown>> {
  return modularities.length > 0 ? { startModularities: modularities } : {}
}

/** Of k-means on the code of an autoencoder. */
function* modularityOf(
  x: Features,
  graph: Sparse,
  settings: Settings,
  context: Start,
  decoder: Decoder | undefined,
): Job<number> {
  const { encoder } = yield* measured(x, settings, context, decoder)
  const latent = yield* encodeRows(x, encoder)
  const { rng } = context
  const { labels } = yield* kMeans(latent, settings.clusters, { rng, restarts: settings.restarts })
  return modularity({ adjacency: graph, directed: false }, labels)
}

function named(name: string, kept: Pretrained): Pretrained {
  return {
    find: (settings) => kept.find(`${name}: ${settings}`),
    keep: (settings, weights) => kept.keep(`${name}: ${settings}`, weights),
  }
}
