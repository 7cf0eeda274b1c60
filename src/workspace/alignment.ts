/** A recommender turned onto the version of its name in service, so that what stands on its vectors goes on standing. */
import { drifts, pairRows, type Pairing, rotated, rotationOnto, type Rows } from '../audience/alignment.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { FittedRecommender } from '../models/recommend/family/fitted.ts'
import type { StateTensor } from '../models/state.ts'
import { HomophilyError } from '../errors.ts'
import { familyOf } from './families.ts'
import { spaceOf } from './spaces.ts'
import type { LoadedModel, Workspace } from './workspace.ts'

/** What a version says of the one before, in what is saved beside it. */
export interface DriftRecord {
  readonly against: number
  /** Whether its vectors were turned onto those. */
  readonly aligned: boolean
  /** Why not. */
  readonly reason?: string
}

export interface Aligned {
  readonly record: DriftRecord
  /** 1 − cosine of each user and item with the version before, −1 where it has none; null unless aligned. */
  readonly drift: { readonly users: Float32Array; readonly items: Float32Array } | null
}

/**
 * Aligns `model` with the version of `name` in service: answers a model that gives the same scores and what is to be saved beside it, or
 * the model itself and null where nothing is in service or the new one has no vectors. A model that was turned replaces `model`, which is disposed.
 */
export async function alignWithService(
  workspace: Workspace,
  name: string,
  model: FittedRecommender,
): Promise<{ readonly model: FittedRecommender; readonly aligned: Aligned | null }> {
  const version = await workspace.currentVersion(name)
  if (version === undefined || model.state.kind !== 'dot-product') return { model, aligned: null }
  const before = vectorsOf(await workspace.loadModel(name, version))
  const unaligned = (reason: string) => ({
    model,
    aligned: { record: { against: version, aligned: false, reason }, drift: null },
  })
  if (!before) return unaligned(`version ${version} has no vectors`)
  const { users, items } = model.interactions
  const now = [rowsOf(users, model.state.tensors['users']), rowsOf(items, model.state.tensors['items'])]
  const [here, there] = [now[0].dim, before[0].dim]
  if (here !== there)
    return unaligned(`version ${version} has vectors of ${there} numbers, and this one of ${here}`)
  const pairings = now.map((rows, k): Pairing => ({
    now: rows,
    before: before[k],
    pairs: pairRows(rows, before[k]),
  }))
  if (pairings.every(({ pairs }) => pairs.every((pair) => pair < 0)))
    return unaligned(`version ${version} knows none of its users and items`)
  const rotation = rotationOnto(pairings)
  const [userData, itemData] = now.map(({ data }) => rotated(data, here, rotation))
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
  const [userDrift, itemDrift] = [userData, itemData].map((data, k) =>
    drifts({ ...pairings[k], now: { ...now[k], data } }),
  )
  return {
    model: turned,
    aligned: {
      record: { against: version, aligned: true },
      drift: { users: userDrift, items: itemDrift },
    },
  }
}

function rowsOf(ids: Vocabulary, { data, shape }: StateTensor): Rows {
  return { ids, dim: shape[1], data: data as Float32Array }
}

/** The users and items of a saved recommender; null where it has no vectors of both. */
function vectorsOf(model: LoadedModel): readonly [Rows, Rows] | null {
  if (familyOf(model.metadata) !== 'recommend') return null
  try {
    return [spaceOf(model, 'user'), spaceOf(model, 'item')]
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'ARGUMENT') return null
    throw error
  }
}
