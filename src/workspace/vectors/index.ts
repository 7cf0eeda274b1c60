/** Files of vectors, so that embeddings can leave for other tools and come from them. */
import { fail } from '../../errors.ts'
import { readNpyVectors, writeNpy } from './npy.ts'
import { readParquetVectors, writeParquetVectors } from './parquet.ts'
import { readTensorVectors, writeTensorVectors } from './safetensors.ts'
import type { Vectors } from './vectors.ts'
import { readWord2vecBinary, writeWord2vecBinary } from './word2vec-binary.ts'
import { readWord2vecText, writeWord2vecText } from './word2vec-text.ts'

export type { Vectors } from './vectors.ts'

interface Format {
  readonly endings: readonly string[]
  write(path: string, vectors: Vectors): Promise<void>
  /** `ids`: a file with the ids of the rows, for formats that may lack them. */
  read(path: string, ids?: string): Promise<Vectors>
}

const table = {
  text: { endings: ['txt', 'vec'], write: writeWord2vecText, read: (path) => readWord2vecText(path) },
  binary: { endings: ['bin'], write: writeWord2vecBinary, read: (path) => readWord2vecBinary(path) },
  safetensors: { endings: ['safetensors'], write: writeTensorVectors, read: readTensorVectors },
  parquet: {
    endings: ['parquet', 'pq'],
    write: writeParquetVectors,
    read: (path) => readParquetVectors(path),
  },
  npy: { endings: ['npy'], write: writeNpy, read: readNpyVectors },
} as const satisfies Record<string, Format>

export type VectorFormat = keyof typeof table
export const vectorFormats = Object.keys(table) as readonly VectorFormat[]

/** The format of a file by the ending of its name; text formats to read may end in .gz or .zst beside it. */
export function vectorFormatOf(path: string): VectorFormat {
  const ending = /\.([a-z0-9]+)(\.(gz|zst))?$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  const found = vectorFormats.find((format) => (table[format].endings as readonly string[]).includes(ending))
  if (found) return found
  const known = vectorFormats.flatMap((format) => table[format].endings.map((each) => `.${each}`))
  throw fail('ARGUMENT', {
    what: path,
    expected: `a name ending in ${known.join(', ')}, or --format ${vectorFormats.join('|')}`,
    got: 'another ending',
  })
}

/** Writes vectors to a file, whole or not at all; an `npy` file gets its ids beside it, in `<name>.ids.txt`. */
export async function writeVectors(
  path: string,
  vectors: Vectors,
  format: VectorFormat = vectorFormatOf(path),
): Promise<void> {
  await table[format].write(path, vectors)
}

/**
 * Reads vectors from a file.
 *
 * @throws DATA where the file is not what its format says: with the line or the vector, and what was expected.
 */
export async function readVectors(
  path: string,
  { format = vectorFormatOf(path), ids }: { readonly format?: VectorFormat; readonly ids?: string } = {},
): Promise<Vectors> {
  if (ids !== undefined && format !== 'npy' && format !== 'safetensors') {
    throw fail('ARGUMENT', { what: 'ids', expected: `none: the format ${format} has its own`, got: ids })
  }
  const { read }: Format = table[format]
  return ids === undefined ? read(path) : read(path, ids)
}
