/** Checkpoints of trainings: kept while one runs, and taken up again by the same training only. */
import { createHash } from 'node:crypto'
import type { Interactions } from '../data/interactions.ts'
import { fail } from '../errors.ts'
import type { EmbedderInputs } from '../models/embed/family/definition.ts'
import type { Snapshot } from '../train/run.ts'
import type { Workspace } from './workspace.ts'

/** What must be equal for one training to go on where another stopped. */
export interface TrainingIdentity {
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
  readonly seed: number
  /** What a recommender is trained on. */
  readonly interactions?: Interactions
  /** What an embedding is trained on. */
  readonly input?: Partial<EmbedderInputs>
}

/** Keeps the snapshots of a training under `name`, at most one per `seconds`, for {@link resumeTraining}. */
export function snapshotKeeper(
  workspace: Workspace,
  name: string,
  identity: TrainingIdentity,
  seconds = 60,
): (snapshot: Snapshot) => Promise<void> {
  const key = fingerprint(identity)
  let last = performance.now()
  return async ({ epoch, numbers, arrays }) => {
    if (performance.now() - last < 1000 * seconds) return
    const tensors = Object.entries(arrays).map(
      ([path, data]) => [path, { data, shape: [data.length] }] as const,
    )
    await workspace.saveCheckpoint(name, {
      tensors: Object.fromEntries(tensors),
      metadata: { key, epoch, numbers },
    })
    last = performance.now()
  }
}

/** The last snapshot kept under `name`, or null without one. A checkpoint of another training is an error. */
export async function resumeTraining(
  workspace: Workspace,
  name: string,
  identity: TrainingIdentity,
): Promise<Snapshot | null> {
  const checkpoint = await workspace.loadCheckpoint(name)
  if (!checkpoint) return null
  const { key, epoch, numbers } = checkpoint.metadata as {
    key: string
    epoch: number
    numbers: Record<string, number>
  }
  if (key !== fingerprint(identity)) {
    throw fail('ARTEFACT', {
      path: `checkpoint of ${name}`,
      expected: 'one of this training',
      got: 'one of other data, settings or seed',
      todo: 'Use the same input and settings as before, or train without --resume.',
    })
  }
  const arrays = Object.entries(checkpoint.tensors).map(
    ([path, t]) => [path, t.data as Float32Array] as const,
  )
  return { epoch, numbers, arrays: Object.fromEntries(arrays) }
}

function fingerprint({ method, config, seed, interactions, input }: TrainingIdentity): string {
  const hash = createHash('sha256').update(JSON.stringify([method, config, seed]))
  for (const array of [...arraysOfInteractions(interactions), ...arraysOfInput(input)])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}

function arraysOfInteractions(interactions: Interactions | undefined): ArrayBufferView[] {
  return interactions ? [interactions.matrix.indptr, interactions.matrix.indices] : []
}

function arraysOfInput({ graph, sequences, attributes }: Partial<EmbedderInputs> = {}): ArrayBufferView[] {
  const matrices = [...(graph ? [graph.adjacency] : []), ...(attributes?.fields ?? []).map((f) => f.features)]
  return [
    ...matrices.flatMap(({ indptr, indices, values }) => [indptr, indices, ...(values ? [values] : [])]),
    ...(sequences ? [sequences.sentences.tokens, sequences.sentences.offsets] : []),
  ]
}
