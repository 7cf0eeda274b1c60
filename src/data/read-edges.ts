/** Undirected graphs whose nodes are the rows of something else: edges as CSV of two row numbers, or of two ids, and maybe a weight. */
import { fail } from '../errors.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { NumberFields, scanDelimited } from './delimited.ts'
import { Growing } from './growing.ts'
import { pairMatrix } from './pairs.ts'
import { excerpt } from './report.ts'
import { display, resolveSources } from './source.ts'
import { parseNumber } from './values.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface EdgeFile {
  /** nodes × nodes, symmetric, without self-loops; values null where the file has no weights. */
  readonly graph: Sparse
  /** Edges from a node to itself, left out. */
  readonly selfLoops: number
}

/**
 * Reads a graph over `nodes`: a number of rows (the file then has row numbers from 0), or their ids. The first two columns are the ends,
 * the third, if there is one, is the weight; a header is told by its not being an edge. An edge that comes again, in
 * either direction, is one edge with the largest of its weights.
 */
export async function readEdges(file: string, nodes: number | Vocabulary): Promise<EdgeFile> {
  const [source] = resolveSources(file, undefined)
  const name = display(source.file)
  if (source.format !== 'csv' && source.format !== 'tsv')
    throw fail('DATA', { file: name, expected: 'edges as .csv or .tsv', got: `the format ${source.format}` })
  const count = typeof nodes === 'number' ? nodes : nodes.size
  const from = new Growing(Int32Array)
  const to = new Growing(Int32Array)
  const weights = new Growing(Float32Array)
  let names: readonly string[] = []
  let fields!: NumberFields
  let selfLoops = 0
  const rowOf = (
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    field: number,
    line: number,
  ): number => {
    if (typeof nodes === 'number') return fields.index(bytes, starts, ends, field, line, count)
    const row = nodes.rowOfBytes(bytes, starts[field], ends[field])
    if (row >= 0) return row
    const got = excerpt(Buffer.from(bytes.subarray(starts[field], ends[field])).toString())
    throw fail('DATA', { file: name, line, column: names[field], expected: 'the id of a row', got })
  }
  await scanDelimited(source, undefined, {
    begin(first, line) {
      if (first.length < 2 || first.length > 3)
        throw fail('DATA', {
          file: name,
          line,
          expected: 'two ends and maybe a weight',
          got: `${first.length} columns`,
        })
      const isEdge =
        typeof nodes === 'number'
          ? /^\d+$/.test(first[0])
          : nodes.row(first[0]) >= 0 && nodes.row(first[1]) >= 0
      names = isEdge ? first.map((_, f) => String(f + 1)) : first
      fields = new NumberFields(name, names, parseNumber)
      return !isEdge
    },
    row(bytes, starts, ends, line) {
      const a = rowOf(bytes, starts, ends, 0, line)
      const b = rowOf(bytes, starts, ends, 1, line)
      const weight = names.length > 2 ? fields.number(bytes, starts, ends, 2, line) : 1
      if (!(weight > 0))
        throw fail('DATA', {
          file: name,
          line,
          column: names[2],
          expected: 'a weight above 0',
          got: String(weight),
        })
      if (a === b) return void selfLoops++
      for (const [x, y] of [
        [a, b],
        [b, a],
      ]) {
        from.push(x)
        to.push(y)
        if (names.length > 2) weights.push(weight)
      }
    },
  })
  const values = names.length > 2 ? weights.values() : null
  const { matrix } = pairMatrix(count, count, from.values(), to.values(), values, null, 'max')
  return { graph: matrix.declareSymmetric(), selfLoops }
}
