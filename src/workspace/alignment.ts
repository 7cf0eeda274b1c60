/** A model turned onto the version of its name in service, so that what stands on its vectors goes on standing. */
import { drifts, pairRows, type Pairing, rotated, rotationOnto, type Rows } from '../audience/alignment.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import { FittedEmbedding } from '../models/embed/family/fitted.ts'
import type { EmbeddingState } from '../models/embed/family/state.ts'
import { FittedRecommender } from '../models/recommend/family/fitted.ts'
import type { StateTensor } from '../models/state.ts'
import { HomophilyError } from '../errors.ts'
import { IMPORTED } from './embedders.ts'
import { describeFamily, familyOf } from './families.ts'
import type { Drifts, DriftRecord } from './drifts.ts'
import { spaceOf } from './spaces.ts'
import type { LoadedModel, Workspace } from './workspace.ts'

export interface Aligned {
  readonly record: DriftRecord
  /** 1 − cosine of each row with the version before, −1 where it has none; null unless aligned. */
  readonly drift: Drifts | null
}

/**
 * Aligns `model` with the version of `name` in service: answers a model that gives the same scores and what is to be saved beside it, or
 * the model itself and null where nothing is in service. A model that was turned replaces `model`, which is disposed.
 */
export async function alignWithService(
  workspace: Workspace,
  name: string,
  model: FittedRecommender,
): Promise<{ readonly model: FittedRecommender; readonly aligned: Aligned | null }> {
  const version = await workspace.currentVersion(name)
  if (version === undefined) return { model, aligned: null }
  if (model.state.kind !== 'dot-product')
    return { model, aligned: unaligned(version, `${model.origin.method} learns no vectors`) }
  const { users, items } = model.interactions
  const now = [rowsOf(users, model.state.tensors['users']), rowsOf(items, model.state.tensors['items'])]
  const turn = turnOnto(now, await workspace.loadModel(name, version), recommended)
  if ('record' in turn) return { model, aligned: turn }
  const [userData, itemData] = now.map(({ data, dim }) => rotated(data, dim, turn.rotation))
  const { state, origin, interactions } = model
  const turned = new FittedRecommender(origin, interactions, {
    ...state,
    facts: model.facts,
    tensors: {
      ...state.tensors,
      users: { ...state.tensors['users'], data: userData },
      items: { ...state.tensors['items'], data: itemData },
    },
  })
  model.dispose()
  const [userDrift, itemDrift] = driftsOf(turn, [userData, itemData])
  return {
    model: turned,
    aligned: { record: { against: version, aligned: true }, drift: { users: userDrift, items: itemDrift } },
  }
}

/**
 * {@link alignWithService} for an embedding. Vectors, context vectors and what else is of their space turn alike, so that cosines, products and
 * answers from attributes stay what they were. Vectors that were made elsewhere are kept as they are, which the record says.
 */
export async function alignEmbedding(
  workspace: Workspace,
  name: string,
  model: FittedEmbedding,
): Promise<{ readonly model: FittedEmbedding; readonly aligned: Aligned | null }> {
  const version = await workspace.currentVersion(name)
  if (version === undefined) return { model, aligned: null }
  const { origin, nodes, state } = model
  if (origin.method === IMPORTED)
    return { model, aligned: unaligned(version, 'its vectors were made elsewhere, and are kept as they are') }
  const now = rowsOf(nodes, state.vectors)
  const turn = turnOnto([now], await workspace.loadModel(name, version), embedded, state.widths)
  if ('record' in turn) return { model, aligned: turn }
  const after = turnedState(state, turn.rotation)
  // Its memory first: two large models at once may not fit.
  model.dispose()
  const turned = new FittedEmbedding(origin, nodes, after)
  const [drift] = driftsOf(turn, [turned.state.vectors.data])
  return { model: turned, aligned: { record: { against: version, aligned: true }, drift: { nodes: drift } } }
}

interface Turn {
  /** R of x → x R. */
  readonly rotation: Float32Array
  readonly pairings: readonly Pairing[]
}

/** The tables of a saved model that are comparable with those of a new one, in the same order; why not, where there are none. */
type Comparable = (model: LoadedModel) => readonly Rows[] | string

function turnOnto(
  now: readonly Rows[],
  model: LoadedModel,
  comparable: Comparable,
  widths?: readonly number[],
): Turn | Aligned {
  const { version } = model
  const before = comparable(model)
  if (typeof before === 'string') return unaligned(version, `version ${version} ${before}`)
  const [here, there] = [now[0].dim, before[0].dim]
  if (here !== there)
    return unaligned(version, `version ${version} has vectors of ${there} numbers, and this one of ${here}`)
  const pairings = now.map((rows, k): Pairing => ({
    now: rows,
    before: before[k],
    pairs: pairRows(rows, before[k]),
  }))
  if (pairings.every(({ pairs }) => pairs.every((pair) => pair < 0))) {
    const those = now.length > 1 ? 'users and items' : 'ids'
    return unaligned(version, `version ${version} knows none of its ${those}`)
  }
  return { rotation: rotationOnto(pairings, widths), pairings }
}

function unaligned(against: number, reason: string): Aligned {
  return { record: { against, aligned: false, reason }, drift: null }
}

/** Of the turned rows of each pairing. */
function driftsOf({ pairings }: Turn, turned: readonly Float32Array[]): Float32Array[] {
  return pairings.map((pairing, k) => drifts({ ...pairing, now: { ...pairing.now, data: turned[k] } }))
}

/** In ordinary memory. */
function turnedState(state: EmbeddingState, rotation: Float32Array): EmbeddingState {
  const dim = state.vectors.shape[1]
  const rows = <T extends StateTensor>(table: T): T => ({
    ...table,
    data: rotated(table.data as Float32Array, dim, rotation),
  })
  const extra = Object.entries(state.extra ?? {}).map(([name, table]) => {
    const way = state.turning?.[name]
    if (way === undefined) return [name, { ...table, data: table.data.slice() }] as const
    return [name, way === 'rows' ? rows(table) : mapTurned(table, rotation)] as const
  })
  return {
    ...state,
    vectors: rows(state.vectors),
    ...(state.context ? { context: rows(state.context) } : {}),
    extra: Object.fromEntries(extra),
  }
}

/** Rᵀ W = (Wᵀ R)ᵀ. */
function mapTurned(table: StateTensor, rotation: Float32Array): StateTensor {
  const [rows, cols] = table.shape
  const back = rotated(transposed(table.data as Float32Array, rows, cols), rows, rotation)
  return { ...table, data: transposed(back, cols, rows) }
}

function transposed(data: Float32Array, rows: number, cols: number): Float32Array {
  return Float32Array.from(data, (_, at) => data[(at % rows) * cols + Math.floor(at / rows)])
}

function rowsOf(ids: Vocabulary, { data, shape }: StateTensor): Rows {
  return { ids, dim: shape[1], data: data as Float32Array }
}

/** The users and items of a recommender. */
const recommended: Comparable = (model) => {
  const family = familyOf(model.metadata)
  if (family !== 'recommend') return `is ${describeFamily(family)}`
  try {
    return [spaceOf(model, 'user'), spaceOf(model, 'item')]
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'ARGUMENT') return 'has no vectors'
    throw error
  }
}

/** The nodes of an embedding. */
const embedded: Comparable = (model) => {
  const family = familyOf(model.metadata)
  return family === 'embed' ? [spaceOf(model, 'item')] : `is ${describeFamily(family)}`
}
