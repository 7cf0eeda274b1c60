/** Writing graphs, in the formats that {@link readNetwork} reads. */
import { fail, quote } from '../../errors.ts'
import { csvField } from '../csv-field.ts'
import type { Edges } from '../edges.ts'
import { float32Text } from './float32-text.ts'
import type { NetworkFormat } from './formats.ts'
import { gexfText, graphMlText } from './write-markup.ts'

export type WrittenFormat = Exclude<NetworkFormat, 'jsonl' | 'parquet'>
export const writtenFormats: readonly WrittenFormat[] = [
  'csv',
  'tsv',
  'edges',
  'adjacency',
  'graphml',
  'gexf',
]

/**
 * The text of a file, in pieces of about 64 KiB. Edges come in their order, none merged.
 * @throws ARGUMENT where an id or the weights cannot be written in this format.
 */
export function* networkText(edges: Edges, format: WrittenFormat): Generator<string, void, void> {
  let buffered = ''
  for (const line of writers[format](edges)) {
    buffered += line
    if (buffered.length < 1 << 16) continue
    yield buffered
    buffered = ''
  }
  if (buffered !== '') yield buffered
}

/** What a format leaves out of these edges, in words; nothing if it keeps all. */
export function lostIn(edges: Edges, format: WrittenFormat): string[] {
  const lost: string[] = []
  const markup = format === 'graphml' || format === 'gexf'
  const alone = markup || format === 'adjacency' ? 0 : edges.nodes.size - touched(edges)
  if (alone > 0) lost.push(`${alone} ${alone === 1 ? 'node' : 'nodes'} without edges`)
  if (edges.nodeTypes && !markup) lost.push('the types of nodes')
  if (edges.types && format === 'adjacency') lost.push('the types of edges')
  if (edges.times && (markup || format === 'adjacency')) lost.push('the times of edges')
  if (edges.directed && !markup) lost.push('that edges are directed (say so when reading)')
  return lost
}

function touched({ nodes, sources, targets }: Edges): number {
  const seen = new Uint8Array(nodes.size)
  for (let e = 0; e < sources.length; e++) seen[sources[e]] = seen[targets[e]] = 1
  return seen.reduce((sum, one) => sum + one, 0)
}

const writers: Readonly<Record<WrittenFormat, (edges: Edges) => Iterable<string>>> = {
  csv: (edges) => delimited(edges, ',', csvField, true),
  tsv: (edges) => delimited(edges, '\t', (id) => csvField(id, '\t'), true),
  edges: (edges) => delimited(edges, ' ', word, false),
  adjacency: adjacencyList,
  graphml: graphMlText,
  gexf: gexfText,
}

function* delimited(
  edges: Edges,
  delimiter: string,
  field: (text: string) => string,
  header: boolean,
): Iterable<string> {
  const { nodes, sources, targets, weights, times, types } = edges
  const names = ['source', 'target', weights && 'weight', times && 'timestamp', types && 'type']
  const present = names.filter((name) => name !== null)
  // Without a header a third column is the weight.
  if (!header && !weights && present.length > 2) throw noHeader(present[2])
  if (header) yield `${present.join(delimiter)}\n`
  for (let e = 0; e < sources.length; e++) {
    let line = `${field(nodes.id(sources[e]))}${delimiter}${field(nodes.id(targets[e]))}`
    if (weights) line += delimiter + float32Text(weights[e])
    if (times) line += delimiter + String(times[e])
    if (types) line += delimiter + field(types.names[types.of[e]])
    yield `${line}\n`
  }
}

function noHeader(column: string): Error {
  return fail('ARGUMENT', {
    what: 'a list of edges without a header',
    expected: `weights before the ${column}`,
    got: 'edges without weights; write csv or tsv',
  })
}

/** A line for every node: those after it that it has edges to. */
function* adjacencyList({ nodes, sources, targets, weights }: Edges): Iterable<string> {
  if (weights?.some((w) => w !== 1)) {
    throw fail('ARGUMENT', {
      what: 'an adjacency list',
      expected: 'edges without weights',
      got: 'weights other than 1, which it has no place for; write edges, csv, graphml or gexf',
    })
  }
  const starts = new Uint32Array(nodes.size + 1)
  for (const v of sources) starts[v + 1]++
  for (let v = 0; v < nodes.size; v++) starts[v + 1] += starts[v]
  const next = starts.slice(0, nodes.size)
  const ordered = new Int32Array(targets.length)
  for (let e = 0; e < targets.length; e++) ordered[next[sources[e]]++] = targets[e]
  for (let v = 0; v < nodes.size; v++) {
    const row = Array.from(ordered.subarray(starts[v], starts[v + 1]), (w) => word(nodes.id(w)))
    yield `${[word(nodes.id(v)), ...row].join(' ')}\n`
  }
}

/** An id as a word of a line. */
function word(id: string): string {
  if (/^[^\s#%][^\s]*$/.test(id)) return id
  throw fail('ARGUMENT', {
    what: `the id ${quote(id)}`,
    expected: 'no spaces, and neither # nor % at its beginning, in this format',
    got: 'one that would be read as something else; write csv, tsv, graphml or gexf',
  })
}
