/** Recommenders in a workspace: what a fitted model is as a bundle, and back. */
import type { Interactions } from '../data/interactions.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import type { Aligned } from './alignment.ts'
import { DRIFT, driftExtras } from './drifts.ts'
import { damagedModel, requireFamily, type SaveExtras } from './families.ts'
import { FittedRecommender } from '../models/recommend/family/fitted.ts'
import type { FittedState, ScorerKind } from '../models/recommend/family/scorer.ts'
import type { StateTensor } from '../models/state.ts'
import { runSync, type Steps } from '../steps.ts'
import { Sparse } from '../tensor/sparse.ts'
import type { LoadedModel, ModelVersion, Workspace } from './workspace.ts'

/** Names of the tensors that hold the training interactions. */
const INTERACTIONS = 'interactions.'

/** What is saved beside a recommender, and whether it answers from now on. */
interface RecommenderExtras extends SaveExtras {
  /** False: it is saved beside the version in service, which stays. Default true. */
  readonly inService?: boolean
  /** What `alignWithService` answered. */
  readonly aligned?: Aligned | null
}

/** Saves a fitted recommender as a new version of model `name`, which goes into service once all of it is on disk. */
export async function saveRecommender(
  workspace: Workspace,
  name: string,
  model: FittedRecommender,
  { inService = true, aligned = null, ...extras }: RecommenderExtras = {},
): Promise<ModelVersion> {
  const { users, items, matrix } = model.interactions
  const { kind, tensors } = model.state
  const beside = driftExtras(extras.data, aligned)
  const bundle = {
    ...model.origin,
    ...extras,
    data: beside.data,
    users,
    items,
    metadata: { family: 'recommend', kind, facts: model.facts },
    tensors: {
      ...Object.fromEntries(
        Object.entries(tensors).map(([key, t]) => [key, { data: t.data, shape: [...t.shape] }]),
      ),
      [`${INTERACTIONS}indptr`]: { data: matrix.indptr, shape: [matrix.rows + 1] },
      [`${INTERACTIONS}indices`]: { data: matrix.indices, shape: [matrix.nnz] },
      ...beside.tensors,
    },
  }
  return workspace.saveModel(name, bundle, inService)
}

/** Loads the version in service of model `name`, or the given one. */
export async function loadRecommender(
  workspace: Workspace,
  name: string,
  version?: number,
): Promise<FittedRecommender> {
  return restoreRecommender(await workspace.loadModel(name, version))
}

/** The recommender in a bundle that was read. */
export function restoreRecommender(model: LoadedModel): FittedRecommender {
  return runSync(restoringRecommender(model))
}

/** {@link restoreRecommender} in steps, for whoever has other things to do meanwhile. */
export function* restoringRecommender(model: LoadedModel): Steps<FittedRecommender> {
  const { method, config, seed, tensors } = model
  const metadata = requireFamily(model, 'recommend') as {
    kind?: unknown
    facts?: Readonly<Record<string, unknown>>
  }
  const interactions = yield* interactionsOf(model)
  const own = Object.entries(tensors).filter(
    ([key]) => !key.startsWith(INTERACTIONS) && !key.startsWith(DRIFT),
  )
  const state: FittedState = {
    kind: metadata.kind as ScorerKind,
    tensors: Object.fromEntries(own) as Record<string, StateTensor>,
    facts: metadata.facts ?? {},
  }
  return yield* FittedRecommender.restoring({ method, config, seed }, interactions, state)
}

/** What the recommender in a bundle was trained on. */
export function interactionsIn(model: LoadedModel): Interactions {
  return runSync(interactionsOf(model))
}

function* interactionsOf(model: LoadedModel): Steps<Interactions> {
  const { tensors } = model
  const indptr = tensors[`${INTERACTIONS}indptr`]?.data
  const indices = tensors[`${INTERACTIONS}indices`]?.data
  if (!(indptr instanceof Uint32Array) || !(indices instanceof Int32Array))
    throw damagedModel(model, 'the training interactions')
  return {
    users: yield* Vocabulary.numbering(model.users),
    items: yield* Vocabulary.numbering(model.items),
    matrix: new Sparse(model.users.length, model.items.length, indptr, indices, null),
    times: null,
  }
}

/** How many items each user of a recommender's training data has; null for a model of another family. */
export function itemsPerUser({ users, tensors }: LoadedModel): ReadonlyMap<string, number> | null {
  const indptr = tensors[`${INTERACTIONS}indptr`]?.data
  if (!(indptr instanceof Uint32Array)) return null
  return new Map(users.map((id, row) => [id, indptr[row + 1] - indptr[row]]))
}
