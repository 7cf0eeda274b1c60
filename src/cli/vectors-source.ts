/** From a saved embedding or a file of vectors to vectors with ids. */
import type { Command } from 'commander'
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { Matrix } from '../tensor/matrix.ts'
import { loadEmbedding } from '../workspace/embedders.ts'
import { readVectors } from '../workspace/vectors/index.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { versionFlag, workspaceFlag } from './flags.ts'

export interface VectorFlags {
  readonly vectors?: string
  readonly vectorIds?: string
  readonly workspace: string
  readonly version?: number
}

export function vectorFlags(command: Command): Command {
  command
    .option(
      '--vectors <file>',
      'vectors from a file (word2vec, safetensors, Parquet, npy) instead of a model',
    )
    .option('--vector-ids <file>', 'the ids of the rows, for .npy and .safetensors')
  return workspaceFlag(versionFlag(command))
}

export interface NamedVectors {
  readonly name: string
  readonly nodes: Vocabulary
  /** On the kernel heap. */
  readonly vectors: Matrix
  /** Seeds of the training, where they are known. */
  readonly seeds: readonly number[]
  /** What it is, in a sentence. */
  readonly description: string
}

/** The model of this name, or the file that --vectors names: one of the two. */
export async function loadVectors(model: string | undefined, flags: VectorFlags): Promise<NamedVectors> {
  if ((model === undefined) === (flags.vectors === undefined)) {
    throw fail('ARGUMENT', {
      what: 'what to evaluate',
      expected: 'the name of a saved embedding, or --vectors <file>',
      got: model === undefined ? 'neither' : 'both',
    })
  }
  if (flags.vectors !== undefined) {
    const { nodes, dim, data } = await readVectors(
      flags.vectors,
      flags.vectorIds === undefined ? {} : { ids: flags.vectorIds },
    )
    return {
      name: flags.vectors,
      nodes,
      vectors: new Matrix(nodes.size, dim, heap.copy(data)),
      seeds: [],
      description: `Vectors of ${flags.vectors}: ${nodes.size} of ${dim} numbers.`,
    }
  }
  const name = model!
  const fitted = await loadEmbedding(await openWorkspace(flags.workspace), name, flags.version)
  const { method, seed } = fitted.origin
  return {
    name,
    nodes: fitted.nodes,
    vectors: new Matrix(fitted.nodes.size, fitted.dim, fitted.state.vectors.data),
    seeds: [seed],
    description: `Embedding ${name}: method ${method}, ${fitted.nodes.size} vectors of ${fitted.dim} numbers.`,
  }
}
