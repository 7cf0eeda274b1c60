/** The types of a graph's nodes, from a table of nodes and their types. */
import { fail } from '../../errors.ts'
import { simplify } from '../columns.ts'
import type { Kinds } from '../edges.ts'
import { readTable, type TableOptions } from '../read-table.ts'
import type { Vocabulary } from '../vocabulary.ts'

const names = {
  node: ['node', 'id', 'node_id', 'name'],
  type: ['type', 'node_type', 'kind', 'label'],
} as const

/**
 * Reads a type for each of `nodes` from a table with a column of nodes and one of types (`node` and `type`, or such). Rows of other
 * nodes are left out. @throws DATA for a node that has no type, and for one that has two rows.
 */
export async function readNodeTypes(
  source: string,
  nodes: Vocabulary,
  options: TableOptions = {},
): Promise<Kinds> {
  const { table } = await readTable(source, options)
  const [ids, types] = (['node', 'type'] as const).map((role) => {
    const found = names[role].flatMap((name) =>
      table.columns.filter((c) => simplify(c.name) === simplify(name)),
    )
    if (found[0]) return found[0]
    const [file, candidates] = [table.files.join(', '), names[role]]
    throw fail('MISSING_COLUMN', { file, column: role, candidates, columns: table.names, flag: 'its header' })
  })
  const vocabulary = table.ids(ids)
  const of = new Int32Array(nodes.size).fill(-1)
  for (let r = 0; r < table.rows; r++) {
    const node = nodes.row(vocabulary.id(ids.codes[r]))
    if (node < 0) continue
    if (types.codes[r] < 0) {
      throw fail('DATA', { ...table.where(r), column: types.name, expected: 'a type', got: 'nothing' })
    }
    of[node] = types.codes[r]
  }
  const missing = of.indexOf(-1)
  if (missing >= 0) {
    throw fail('DATA', {
      file: table.files.join(', '),
      expected: `a type for every node of the graph (${nodes.size})`,
      got: `none for ${JSON.stringify(nodes.id(missing))}`,
    })
  }
  return { names: types.values.ids(), of }
}
