/** The vectors of users or items that a saved model holds. */
import type { Space, SpaceOf } from '../audience/space.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { fail, HomophilyError } from '../errors.ts'
import type { StateTensor } from '../models/state.ts'
import { familyOf } from './families.ts'
import type { LoadedModel, Workspace } from './workspace.ts'

/**
 * The vectors of model `name`, by default of its version in service: the embeddings of a recommender that scores by dot product, the
 * vectors of an embedding, the latent rows of a clustering. The ids of an embedding or a clustering are taken to be those of `of`.
 *
 * @throws UNKNOWN_NAME for a model or version that is not there; ARGUMENT for a model without vectors.
 */
export async function loadSpace(
  workspace: Workspace,
  name: string,
  of: SpaceOf,
  version?: number,
): Promise<Space> {
  return spaceOf(await workspace.loadModel(name, version), of)
}

/** The vectors in a model that was read. @throws ARGUMENT where it has none. */
export function spaceOf(model: LoadedModel, of: SpaceOf): Space {
  const { name, version } = model
  const { ids, tensor } = vectorsIn(model, of)
  const { data, shape } = tensor ?? {}
  if (!(data instanceof Float32Array) || shape?.length !== 2 || shape[0] !== ids.length) {
    throw fail('ARGUMENT', {
      what: `the vectors of ${of}s in ${name}, version ${version}`,
      expected:
        'a model that has them: mf-bpr, lightgcn, fast-lightgcn, any embedding, a deep clustering of rows with ids',
      got: model.method,
    })
  }
  return { name, version, of, ids: Vocabulary.from(ids), dim: shape[1], data }
}

function vectorsIn(
  model: LoadedModel,
  of: SpaceOf,
): { readonly ids: readonly string[]; readonly tensor: StateTensor | undefined } {
  const tensors = model.tensors as Readonly<Record<string, StateTensor | undefined>>
  switch (familyOf(model.metadata)) {
    case 'recommend':
      return of === 'user'
        ? { ids: model.users, tensor: tensors['users'] }
        : { ids: model.items, tensor: tensors['items'] }
    case 'embed':
      return { ids: model.items, tensor: tensors['vectors'] }
    case 'cluster':
      return { ids: model.users, tensor: tensors['latent'] }
    default:
      return { ids: [], tensor: undefined }
  }
}

/** A model whose version in service has vectors. */
export interface SpaceSummary {
  readonly name: string
  readonly version: number
  /** All versions on disk, in order. */
  readonly versions: readonly number[]
  readonly created: string
  readonly family: VectorFamily
  readonly method: string
  readonly dim: number
  /** Of a recommender: users and items. Of an embedding: nodes. Of a clustering: the rows that it clustered, as users. */
  readonly rows: { readonly users: number; readonly items: number; readonly nodes: number }
}

/** The tensor that says whether a model of a family has vectors. */
const TENSOR = { recommend: 'users', embed: 'vectors', cluster: 'latent' } as const
type VectorFamily = keyof typeof TENSOR

/** All models that {@link loadSpace} can answer for, in their versions in service, by name. Damaged ones are left out. */
export async function listSpaces(workspace: Workspace): Promise<SpaceSummary[]> {
  const found: SpaceSummary[] = []
  for (const { name, current, versions } of await workspace.listModels()) {
    if (current === undefined) continue
    const model = await workspace.showModel(name)
    const details = model.versions.find((each) => each.current)?.details
    if (!details?.family || !Object.hasOwn(TENSOR, details.family)) continue
    const family = details.family as VectorFamily
    const dim = await dimOf(workspace, name, current, TENSOR[family])
    if (dim === null) continue
    const { created, method, users, items } = details
    const rows = {
      users: family === 'embed' ? 0 : users,
      items: family === 'recommend' ? items : 0,
      nodes: family === 'embed' ? items : 0,
    }
    found.push({ name, version: current, versions, created, family, method, dim, rows })
  }
  return found
}

/** Columns of a tensor of vectors; null where there is none, or the file is damaged. */
async function dimOf(
  workspace: Workspace,
  name: string,
  version: number,
  tensor: string,
): Promise<number | null> {
  try {
    const shape = (await workspace.tensorShapes(name, version))[tensor]
    return shape?.length === 2 && shape[0] > 0 ? shape[1] : null
  } catch (error) {
    if (error instanceof HomophilyError) return null
    throw error
  }
}

/** The number of the last event that a model has seen, by what was saved beside it; 0 for one that was trained from files. */
export function eventsIn(data: unknown): number {
  const events = (data as { events?: { upTo?: unknown } } | undefined)?.events
  return typeof events?.upTo === 'number' ? events.upTo : 0
}
