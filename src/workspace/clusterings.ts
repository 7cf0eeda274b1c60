/** Clusterings in a workspace: what a fitted one is as a bundle, and back. */
import { type FeaturePlan, parsePlan } from '../data/features/plan.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import type { ClusterShape } from '../models/cluster/family/definition.ts'
import { type ClusterStability, FittedClustering } from '../models/cluster/family/fitted.ts'
import type { ClusterState } from '../models/cluster/family/state.ts'
import { findClusterer } from '../models/cluster/index.ts'
import type { StateTensor } from '../models/state.ts'
import { Matrix } from '../tensor/matrix.ts'
import { damagedModel, requireFamily, type SaveExtras } from './families.ts'
import type { LoadedModel, ModelBundle, ModelVersion, Workspace } from './workspace.ts'

const LABELS = 'labels'
const PROBABILITIES = 'probabilities'
const LATENT = 'latent'
const CENTRES = 'centres'
const EXTRA = 'extra.'

/** What `metadata` holds. */
interface Metadata {
  readonly family: 'cluster'
  readonly clusters: number
  readonly facts: Readonly<Record<string, unknown>>
  readonly shape: ClusterShape
  readonly stability: ClusterStability | null
  /** Whether the rows have ids. */
  readonly ids: boolean
  /** The plan of the features; absent where it was fitted on numbers. */
  readonly features?: FeaturePlan
}

/** Saves a fitted clustering as a new version of model `name`, which goes into service once all of it is on disk. */
export async function saveClustering(
  workspace: Workspace,
  name: string,
  model: FittedClustering,
  extras: SaveExtras = {},
): Promise<ModelVersion> {
  return workspace.saveModel(name, clusteringBundle(model, extras))
}

/** A fitted clustering as a bundle. */
export function clusteringBundle(
  model: FittedClustering,
  extras: SaveExtras = {},
): ModelBundle & { readonly metadata: Metadata } {
  const { labels, clusters, probabilities, latent, centres, extra = {} } = model.state
  const matrices = { [PROBABILITIES]: probabilities, [LATENT]: latent, [CENTRES]: centres }
  const metadata: Metadata = {
    family: 'cluster',
    clusters,
    facts: model.facts,
    shape: model.shape,
    stability: model.stability,
    ids: model.nodes !== null,
    ...(model.features ? { features: model.features } : {}),
  }
  return {
    ...model.origin,
    ...extras,
    users: model.nodes ?? [],
    items: [],
    metadata,
    tensors: {
      [LABELS]: { data: labels, shape: [labels.length] },
      ...Object.fromEntries(
        Object.entries(matrices).flatMap(([key, m]) =>
          m ? [[key, { data: m.data, shape: [m.rows, m.cols] }]] : [],
        ),
      ),
      ...Object.fromEntries(
        Object.entries(extra).map(([key, { data, shape }]) => [EXTRA + key, { data, shape: [...shape] }]),
      ),
    },
  }
}

/** Loads the version in service of model `name`, or the given one. */
export async function loadClustering(
  workspace: Workspace,
  name: string,
  version?: number,
): Promise<FittedClustering> {
  return restoreClustering(await workspace.loadModel(name, version))
}

/** The clustering in a bundle that was read. */
function restoreClustering(model: LoadedModel): FittedClustering {
  const { method, config, seed, tensors } = model
  const metadata = requireFamily(model, 'cluster') as unknown as Metadata
  const labels = tensors[LABELS]?.data
  if (!(labels instanceof Int32Array)) throw damagedModel(model, 'a tensor labels of int32 numbers')
  const matrix = (key: string): Matrix<never, never> | null => {
    const { data, shape } = tensors[key] ?? {}
    if (!data) return null
    if (!(data instanceof Float32Array) || shape?.length !== 2)
      throw damagedModel(model, `a tensor ${key} of float32 rows`)
    return new Matrix<never, never>(shape[0], shape[1], data)
  }
  const extra = Object.entries(tensors).filter(([key]) => key.startsWith(EXTRA))
  const state: ClusterState = {
    labels,
    clusters: metadata.clusters,
    probabilities: matrix(PROBABILITIES),
    latent: matrix(LATENT),
    centres: matrix(CENTRES),
    extra: Object.fromEntries(extra.map(([key, t]) => [key.slice(EXTRA.length), t as StateTensor])),
    facts: metadata.facts,
  }
  const { shape, stability, ids } = metadata
  const features = metadata.features
    ? parsePlan(metadata.features, `${model.name} version ${model.version}`)
    : null
  const nodes = ids ? Vocabulary.from(model.users) : null
  return new FittedClustering(
    findClusterer(method),
    { origin: { method, config, seed }, shape, nodes, stability, features },
    state,
  )
}
