/** How far the rows of a version are from where the version before had them: beside a model on disk, and back. */
import { fail } from '../errors.ts'
import type { LoadedModel } from './bundle.ts'
import { describeFamily, familyOf } from './families.ts'
import type { StoredTensor } from './safetensors.ts'

/** Names of the tensors that hold drift. */
export const DRIFT = 'drift.'

/** What a version says of the one before, in what is saved beside it. */
export interface DriftRecord {
  readonly against: number
  /** Whether its vectors were turned onto those. */
  readonly aligned: boolean
  /** Why not. */
  readonly reason?: string
}

const kinds = ['users', 'items', 'nodes'] as const
/** What the rows are: users and items of a recommender, nodes of an embedding. */
export type DriftKind = (typeof kinds)[number]
/** 1 − cosine of each row with the version before; −1 for those that it did not have. */
export type Drifts = Readonly<Partial<Record<DriftKind, Float32Array>>>

/** What a bundle of an aligned model has beside its own. */
export function driftExtras(
  data: unknown,
  aligned: { readonly record: DriftRecord; readonly drift: Drifts | null } | null,
): { readonly data: unknown; readonly tensors: Readonly<Record<string, StoredTensor>> } {
  if (!aligned) return { data, tensors: {} }
  const tensors = Object.entries(aligned.drift ?? {}).map(([kind, drift]) => [
    DRIFT + kind,
    { data: drift, shape: [drift.length] },
  ])
  return {
    data: { ...(data as object | undefined), drift: aligned.record },
    tensors: Object.fromEntries(tensors) as Record<string, StoredTensor>,
  }
}

/**
 * How far each row of the model in a bundle is from the version before.
 *
 * @throws MISSING, which says why, where there is nothing to compare.
 */
export function driftIn(model: LoadedModel): { readonly against: number; readonly drifts: Drifts } {
  const record = (model.data as { drift?: DriftRecord } | undefined)?.drift
  const found = kinds.flatMap((kind) => {
    const drift = model.tensors[DRIFT + kind]?.data
    return drift instanceof Float32Array ? [[kind, drift] as const] : []
  })
  if (record && found.length > 0) return { against: record.against, drifts: Object.fromEntries(found) }
  const family = familyOf(model.metadata)
  const turned = family === 'recommend' || family === 'embed'
  const reason = record?.reason ?? 'there was none in service when it was trained'
  throw fail('MISSING', {
    what: `version ${model.version} of ${model.name} cannot be compared with one before it: ${
      turned ? reason : `it is ${describeFamily(family)}`
    }`,
    todo: turned
      ? 'Train again with the same method and dimension.'
      : 'Ask for a recommender or an embedding.',
  })
}

/** The ids of the rows of a kind, in the order of its drift. */
export function idsOf(model: Pick<LoadedModel, 'users' | 'items'>, kind: DriftKind): readonly string[] {
  return kind === 'users' ? model.users : model.items
}
