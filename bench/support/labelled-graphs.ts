/** Graphs with labels, from the folder of real data. */
import { join } from 'node:path'
import { readEdges } from '../../src/data/read-edges.ts'
import { readTable } from '../../src/data/read-table.ts'
import { readLabelSets } from '../../src/data/read-label-sets.ts'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import type { Graph } from '../../src/graph/graph.ts'
import type { Sparse } from '../../src/tensor/sparse.ts'
import { dataFolder } from './graphs.ts'

/** Folder and prefix of the files, and the number of nodes where they are numbered from 0; else all have a label. */
const files = {
  blogcatalog: ['blogcatalog/', 10_312],
  wiki: ['wiki/', 2405],
  brazil: ['airports/brazil_', 131],
  europe: ['airports/europe_', 399],
  usa: ['airports/usa_', null],
} as const

export type DataName = keyof typeof files

export interface Labelled {
  readonly graph: Graph
  readonly labels: Sparse
}

/** Undirected, without weights and self-loops. */
export async function readLabelled(name: DataName): Promise<Labelled> {
  const [prefix, size] = files[name]
  const labelFile = join(dataFolder, `${prefix}labels.csv.gz`)
  const nodes =
    size === null
      ? (await readTable(labelFile)).table.column('node', 'node').values
      : Vocabulary.from(Array.from({ length: size }, (_, v) => String(v)))
  const { graph: adjacency } = await readEdges(join(dataFolder, `${prefix}edges.csv.gz`), nodes)
  const { labels } = await readLabelSets(labelFile, nodes)
  return { graph: { nodes, adjacency, directed: false }, labels }
}
