/** True labels of nodes that may have several, or none; for evaluators only. */
import { fail } from '../errors.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { pairMatrix } from './pairs.ts'
import { readTable } from './read-table.ts'
import type { TableColumn } from './table.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface LabelSets {
  /** nodes × labels, an entry for each label a node has. */
  readonly labels: Sparse
  /** The labels, in order of first appearance in the file. */
  readonly names: Vocabulary
  /** Nodes of the file that are not among `nodes`: their rows are left out. */
  readonly unknown: number
}

/**
 * Reads a table with a row for each label of each node: columns `node` (or `id`) and `label`, or as named. A label that comes twice for a node
 * counts once.
 */
export async function readLabelSets(
  file: string,
  nodes: Vocabulary,
  columns: { readonly node?: string; readonly label?: string } = {},
): Promise<LabelSets> {
  const { table } = await readTable(file)
  const nodeName = columns.node ?? (table.find('node') || !table.find('id') ? 'node' : 'id')
  const who = table.column(nodeName, '--node-column <name>')
  const what = table.column(columns.label ?? 'label', '--label-column <name>')
  const rowOf = Int32Array.from(who.values, (id) => nodes.row(id))
  const from = new Int32Array(table.rows)
  const to = new Int32Array(table.rows)
  let count = 0
  for (let r = 0; r < table.rows; r++) {
    for (const column of [who, what] satisfies TableColumn[]) {
      if (column.codes[r] >= 0) continue
      throw fail('DATA', { ...table.where(r), column: column.name, expected: 'a value', got: 'nothing' })
    }
    const row = rowOf[who.codes[r]]
    if (row < 0) continue
    from[count] = row
    to[count++] = what.codes[r]
  }
  if (count === 0) {
    throw fail('DATA', {
      file,
      expected: `labels of nodes such as ${JSON.stringify(nodes.size > 0 ? nodes.id(0) : '')}`,
      got: `none; its nodes are such as ${JSON.stringify(who.values.id(0))}`,
    })
  }
  const { matrix } = pairMatrix(
    nodes.size,
    what.values.size,
    from.subarray(0, count),
    to.subarray(0, count),
    null,
    null,
    'first',
  )
  return {
    labels: matrix,
    names: what.values,
    unknown: rowOf.reduce((sum, row) => sum + (row < 0 ? 1 : 0), 0),
  }
}
