/** safetensors: a tensor `vectors` (n × d float32), and its ids in the metadata as a JSON list under `ids`. */
import { fail } from '../../errors.ts'
import { readSafetensors, writeSafetensors } from '../safetensors.ts'
import { readIdLines } from './npy.ts'
import { type Vectors, vectorsFromTable } from './vectors.ts'

export async function writeTensorVectors(path: string, { nodes, dim, data }: Vectors): Promise<void> {
  const tensors = { vectors: { data, shape: [nodes.size, dim] } }
  await writeSafetensors(path, tensors, { ids: JSON.stringify(nodes.ids()) })
}

/** The tensor `vectors`, or the only one of two axes. `idsFile`: ids one a line, where the metadata has none. */
export async function readTensorVectors(path: string, idsFile?: string): Promise<Vectors> {
  const { tensors, metadata } = await readSafetensors(path)
  const flat = Object.entries(tensors).filter(
    ([, { data, shape }]) =>
      shape.length === 2 && (data instanceof Float32Array || data instanceof Float64Array),
  )
  const [, found] = flat.find(([name]) => name === 'vectors') ?? (flat.length === 1 ? flat[0] : [])
  if (!found) {
    const names = Object.entries(tensors).map(([name, { shape }]) => `${name} [${shape.join(', ')}]`)
    throw fail('DATA', {
      file: path,
      expected: 'a tensor "vectors" of two axes, or just one tensor of two axes, of float32 or float64',
      got: names.join(', ') || 'no tensors',
    })
  }
  const [rows, dim] = found.shape
  const ids = idsFile === undefined ? idsOf(path, metadata) : await readIdLines(idsFile)
  if (ids.length !== rows) {
    throw fail('DATA', {
      file: idsFile ?? path,
      expected: `${rows} ids, one per row`,
      got: String(ids.length),
    })
  }
  return vectorsFromTable(path, ids, Float32Array.from(found.data), dim)
}

function idsOf(path: string, metadata: Readonly<Record<string, string>>): string[] {
  const text = metadata['ids']
  if (text === undefined) {
    throw fail('MISSING', {
      what: `${path} has no "ids" in its metadata`,
      todo: 'Name a file with the ids of the rows, one a line, with --ids.',
    })
  }
  try {
    const ids: unknown = JSON.parse(text)
    if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return ids
  } catch {
    // Said below.
  }
  throw fail('DATA', {
    file: path,
    expected: '"ids" in the metadata: a JSON list of texts',
    got: 'something else',
  })
}
