/** Autoencoders from other first weights, of which the one is kept whose clusters are best borne out: a choice that needs no labels. */
import { z } from 'zod'
import { agreement } from '../../../metrics/clustering.ts'
import { modularity } from '../../../metrics/modularity.ts'
import { kMeans } from '../../../nn/clustering/k-means.ts'
import { type Autoencoder, encodeRows } from '../../../nn/networks/autoencoder.ts'
import {
  type AutoencoderSettings,
  type Decoder,
  pretrain,
  type Pretrained,
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
      'Autoencoders to choose from, by the modularity of their clusters where there is a graph, else by how well they agree with those of the others.',
    ),
}

type Settings = AutoencoderSettings & {
  readonly clusters: number
  readonly restarts: number
  readonly starts: number
}

export interface Chosen {
  readonly autoencoder: Autoencoder
  /** What the rest of the training draws from. */
  readonly rng: Random
  /** What each was chosen by; empty where there was no choice. */
  readonly scores: readonly number[]
}

export interface Choice {
  /** The clusters are judged by their modularity on this graph, which no autoencoder has seen; without one by their agreement. */
  readonly graph?: Sparse | null
  readonly decoder?: Decoder
}

/**
 * Pre-trains `starts` autoencoders on the rows and answers the one whose k-means clusters have the greatest modularity on a graph or,
 * without one, the greatest normalised mutual information with the clusters of the others, in the mean: what many first weights lead
 * to is of the data, what one leads to is of the weights. The first draws from the context's generator, so one start is
 * {@link pretrain}.
 */
export function* startingAutoencoder(
  x: Features,
  settings: Settings,
  { rng, pretrained }: Pick<ClusterContext, 'rng' | 'pretrained'>,
  { graph, decoder }: Choice = {},
): Job<Chosen> {
  const kept = pretrained ?? keptHere()
  const contexts = Array.from({ length: settings.starts }, (_, start) =>
    start === 0
      ? { rng, pretrained: kept }
      : { rng: rng.stream('start', start), pretrained: named(`start ${start}`, kept) },
  )
  const labels: Int32Array[] = []
  if (settings.starts > 1) {
    for (const context of contexts) {
      labels.push(yield* inRegion(clustersOf(x, settings, context, decoder), (own) => own))
    }
  }
  const scores = graph
    ? labels.map((own) => modularity({ adjacency: graph, directed: false }, own))
    : meanAgreements(labels)
  const best = Math.max(0, scores.indexOf(Math.max(...scores)))
  const autoencoder = yield* pretrain(x, settings, contexts[best], decoder)
  return { autoencoder, rng: contexts[best].rng, scores }
}

/** Of a choice that was made, for a method's facts. */
export function startFacts({ scores }: Chosen): Readonly<Record<string, unknown>> {
  return scores.length > 0 ? { startScores: scores } : {}
}

/** The mean normalised mutual information of each clustering with the others. */
function meanAgreements(labels: readonly Int32Array[]): number[] {
  return labels.map((own, i) => {
    const others = labels.filter((_, j) => j !== i)
    return others.reduce((sum, other) => sum + agreement(other, own).nmi, 0) / others.length
  })
}

/** K-means on the code of an autoencoder; the labels are a copy. */
function* clustersOf(
  x: Features,
  settings: Settings,
  context: { readonly rng: Random; readonly pretrained: Pretrained },
  decoder: Decoder | undefined,
): Job<Int32Array> {
  const { encoder } = yield* pretrain(x, settings, context, decoder)
  const latent = yield* encodeRows(x, encoder)
  const { rng } = context
  const { labels } = yield* kMeans(latent, settings.clusters, { rng, restarts: settings.restarts })
  return Int32Array.from(labels)
}

/** Keeps autoencoders for as long as the choice lasts, outside the kernel heap. */
function keptHere(): Pretrained {
  const kept = new Map<string, readonly Float32Array[]>()
  return {
    find: (settings) => kept.get(settings),
    keep: (settings, weights) => void kept.set(settings, weights),
  }
}

function named(name: string, kept: Pretrained): Pretrained {
  return {
    find: (settings) => kept.find(`${name}: ${settings}`),
    keep: (settings, weights) => kept.keep(`${name}: ${settings}`, weights),
  }
}
