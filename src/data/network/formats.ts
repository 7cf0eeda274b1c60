/** The formats that graphs come in, told by the names of files. */
import { fail } from '../../errors.ts'

/** `edges`: words separated by spaces or tabs; `adjacency`: a node and its neighbours on each line. */
export type NetworkFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet' | 'edges' | 'adjacency' | 'graphml' | 'gexf'
export const networkFormats: readonly NetworkFormat[] = [
  'csv',
  'tsv',
  'jsonl',
  'parquet',
  'edges',
  'adjacency',
  'graphml',
  'gexf',
]

const extensions: Readonly<Record<string, NetworkFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  pq: 'parquet',
  txt: 'edges',
  edges: 'edges',
  edgelist: 'edges',
  adjlist: 'adjacency',
  adj: 'adjacency',
  graphml: 'graphml',
  gexf: 'gexf',
}

export function networkFormatOf(file: string): NetworkFormat {
  if (file === '-') {
    throw fail('DATA', {
      file: 'standard input',
      expected: `a format (--format ${networkFormats.join('|')})`,
      got: 'none, and there is no file name to tell it from',
    })
  }
  const name = file.toLowerCase().replace(/\.(gz|zst)$/, '')
  const extension = name.slice(name.lastIndexOf('.') + 1)
  if (Object.hasOwn(extensions, extension)) return extensions[extension]
  throw fail('DATA', {
    file,
    expected: `a name ending in ${Object.keys(extensions)
      .map((e) => `.${e}`)
      .join(', ')} (each but Parquet also with .gz or .zst)`,
    got: 'another ending; say what it is with --format',
  })
}
