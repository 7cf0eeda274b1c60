/** The formats that graphs come in, told by the names of files. */
import { formatByName } from '../source.ts'

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
  return formatByName(file, extensions, networkFormats)
}
