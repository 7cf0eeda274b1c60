/** Embeddings in a workspace: what a fitted one is as a bundle, and back. */
import { Vocabulary } from '../data/vocabulary.ts'
import { FittedEmbedding } from '../models/embed/family/fitted.ts'
import type { EmbeddingState, VectorTable } from '../models/embed/family/state.ts'
import type { StateTensor } from '../models/state.ts'
import type { Aligned } from './alignment.ts'
import { driftExtras } from './drifts.ts'
import { damagedModel, requireFamily, type SaveExtras } from './families.ts'
import { readVectors, type VectorFormat, writeVectors } from './vectors/index.ts'
import type { LoadedModel, ModelVersion, Workspace } from './workspace.ts'

const VECTORS = 'vectors'
const CONTEXT = 'context'
const EXTRA = 'extra.'
/** The method of vectors that came from a file. */
export const IMPORTED = 'imported'

/** What is saved beside an embedding: with what `alignEmbedding` answered. */
interface EmbeddingExtras extends SaveExtras {
  readonly aligned?: Aligned | null
}

/** Saves a fitted embedding as a new version of model `name`, which goes into service once all of it is on disk. */
export async function saveEmbedding(
  workspace: Workspace,
  name: string,
  model: FittedEmbedding,
  { aligned = null, ...extras }: EmbeddingExtras = {},
): Promise<ModelVersion> {
  const { vectors, context, extra = {}, vocabularies = {}, widths, turning } = model.state
  const beside = driftExtras(extras.data, aligned)
  const further = Object.entries(extra).map(([key, table]) => [EXTRA + key, table] as const)
  const tables = {
    [VECTORS]: vectors,
    ...(context ? { [CONTEXT]: context } : {}),
    ...Object.fromEntries(further),
  }
  return workspace.saveModel(name, {
    ...model.origin,
    ...extras,
    data: beside.data,
    users: [],
    items: model.nodes,
    metadata: {
      family: 'embed',
      facts: model.facts,
      vocabularies,
      ...(widths ? { widths } : {}),
      ...(turning ? { turning } : {}),
    },
    tensors: {
      ...Object.fromEntries(
        Object.entries(tables).map(([key, { data, shape }]) => [key, { data, shape: [...shape] }]),
      ),
      ...beside.tensors,
    },
  })
}

/** Loads the version in service of model `name`, or the given one. */
export async function loadEmbedding(
  workspace: Workspace,
  name: string,
  version?: number,
): Promise<FittedEmbedding> {
  return restoreEmbedding(await workspace.loadModel(name, version))
}

/** The embedding in a bundle that was read. */
export function restoreEmbedding(model: LoadedModel): FittedEmbedding {
  const { method, config, seed, tensors } = model
  const { facts, vocabularies, widths, turning } = requireFamily(model, 'embed') as Pick<
    EmbeddingState,
    'facts' | 'vocabularies' | 'widths' | 'turning'
  >
  const table = (key: string): VectorTable => {
    const { data, shape } = tensors[key] ?? {}
    if (!(data instanceof Float32Array) || shape?.length !== 2 || shape[0] !== model.items.length)
      throw damagedModel(model, `a tensor ${key} of ${model.items.length} float32 vectors`)
    return { data, shape: [shape[0], shape[1]] }
  }
  const extra = Object.entries(tensors).filter(([key]) => key.startsWith(EXTRA))
  const state: EmbeddingState = {
    vectors: table(VECTORS),
    ...(CONTEXT in tensors ? { context: table(CONTEXT) } : {}),
    extra: Object.fromEntries(extra.map(([key, t]) => [key.slice(EXTRA.length), t as StateTensor])),
    vocabularies: vocabularies ?? {},
    ...(widths ? { widths } : {}),
    ...(turning ? { turning } : {}),
    facts: facts ?? {},
  }
  return new FittedEmbedding({ method, config, seed }, Vocabulary.from(model.items), state)
}

/** An embedding from a file of vectors (see `readVectors`), wherever they were made, to be served or saved like any other. */
export async function importEmbedding(
  path: string,
  options: { readonly format?: VectorFormat; readonly ids?: string } = {},
): Promise<FittedEmbedding> {
  const { nodes, dim, data } = await readVectors(path, options)
  const origin = { method: IMPORTED, config: {}, seed: 0 }
  return new FittedEmbedding(origin, nodes, { vectors: { data, shape: [nodes.size, dim] } })
}

/** Writes the vectors of an embedding to a file for other tools (see `writeVectors`). */
export async function exportEmbedding(
  path: string,
  model: FittedEmbedding,
  format?: VectorFormat,
): Promise<void> {
  const { nodes, dim, state } = model
  await writeVectors(path, { nodes, dim, data: state.vectors.data }, format)
}
