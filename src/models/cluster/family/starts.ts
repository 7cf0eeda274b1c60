/** Autoencoders from other first weights, of which the one is kept whose clusters a graph bears out: a choice that needs no labels. */
import { modularity } from '../../../metrics/modularity.ts'
import { kMeans } from '../../../nn/clustering/k-means.ts'
import { type Autoencoder, encodeRows } from '../../../nn/networks/autoencoder.ts'
import { type AutoencoderSettings, pretrain, type Pretrained } from '../../../nn/training/pretraining.ts'
import type { Random } from '../../../random.ts'
import type { Features } from '../../../tensor/features.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import { inRegion, type Job } from '../../../train/run.ts'
import type { ClusterContext } from './definition.ts'

type Settings = AutoencoderSettings & {
  readonly clusters: number
  readonly restarts: number
  readonly starts: number
}

export interface Chosen {
  readonly autoencoder: Autoencoder
  /** What the rest of the training draws from. */
  readonly rng: Random
  /** The modularity of k-means on the code of each; empty where there was no choice. */
  readonly modularities: readonly number[]
}

/**
 * Pre-trains so many autoencoders on the rows alone and answers the one whose k-means clusters have the greatest modularity on the
 * graph, which none of them has seen. The first draws from the context's generator, so one start is {@link pretrain}.
 */
export function* mostModular(
  x: Features,
  graph: Sparse,
  settings: Settings,
  { rng, pretrained }: Pick<ClusterContext, 'rng' | 'pretrained'>,
): Job<Chosen> {
  const contexts = Array.from({ length: settings.starts }, (_, start) =>
    start === 0
      ? { rng, pretrained: pretrained ?? oneKept() }
      : { rng: rng.stream('start', start), pretrained: oneKept() },
  )
  const modularities: number[] = []
  if (settings.starts > 1) {
    for (const context of contexts) {
      modularities.push(yield* inRegion(modularityOf(x, graph, settings, context), (value) => value))
    }
  }
  const best = Math.max(0, modularities.indexOf(Math.max(...modularities)))
  const autoencoder = yield* pretrain(x, settings, contexts[best])
  return { autoencoder, rng: contexts[best].rng, modularities }
}

function* modularityOf(
  x: Features,
  graph: Sparse,
  settings: Settings,
  context: { readonly rng: Random; readonly pretrained: Pretrained },
): Job<number> {
  const { encoder } = yield* pretrain(x, settings, context)
  const latent = yield* encodeRows(x, encoder)
  const { rng } = context
  const { labels } = yield* kMeans(latent, settings.clusters, { rng, restarts: settings.restarts })
  return modularity({ adjacency: graph, directed: false }, labels)
}

/** Keeps one autoencoder, outside the kernel heap. */
function oneKept(): Pretrained {
  let kept: readonly Float32Array[] | undefined
  return {
    find: () => kept,
    keep: (_settings, weights) => {
      kept = weights
    },
  }
}
