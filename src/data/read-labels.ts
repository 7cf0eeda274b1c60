/** True labels, for evaluators only. */
import { fail } from '../errors.ts'
import { readTable } from './read-table.ts'
import type { TableColumn } from './table.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Labels {
  /** The class of each row: a row of `names`. */
  readonly labels: Int32Array
  /** The classes, in order of first appearance in the file. */
  readonly names: Vocabulary
}

/**
 * One label for each of `nodes`: a number of rows, or their ids. The file has a column `label` (or as named), and a column `node`, `id` or
 * `user` that says which row it is of (a row number from 0, or an id); with the label alone, line after line is row after
 * row.
 */
export async function readLabels(
  file: string,
  nodes: number | Vocabulary,
  options: { readonly label?: string } = {},
): Promise<Labels> {
  const { table } = await readTable(file)
  const column = table.column(options.label ?? 'label', '--label-column <name>')
  const who = ['node', 'id', 'user'].map((name) => table.find(name)).find((each) => each !== undefined)
  const count = typeof nodes === 'number' ? nodes : nodes.size
  const labels = new Int32Array(count).fill(-1)
  const wrong = (row: number, at: TableColumn, expected: string, got: string): Error =>
    fail('DATA', { ...table.where(row), column: at.name, expected, got })
  for (let row = 0; row < table.rows; row++) {
    const text = who && who.codes[row] >= 0 ? who.values.id(who.codes[row]) : ''
    const place = who ? placeOf(text, nodes) : row
    if (!(place >= 0 && place < count)) {
      const expected = typeof nodes === 'number' ? `a row from 0 to ${count - 1}` : 'the id of a row'
      throw wrong(row, who ?? column, expected, who ? JSON.stringify(text) : `row ${row}`)
    }
    if (labels[place] >= 0) throw wrong(row, who ?? column, 'one label for each row', `another for ${text}`)
    if (column.codes[row] < 0) throw wrong(row, column, 'a label', 'nothing')
    labels[place] = column.codes[row]
  }
  const without = labels.indexOf(-1)
  if (without >= 0) {
    const got = `none for ${typeof nodes === 'number' ? `row ${without}` : JSON.stringify(nodes.id(without))}`
    throw fail('DATA', { file, expected: `a label for each of ${count} rows`, got })
  }
  return { labels, names: column.values }
}

function placeOf(text: string, nodes: number | Vocabulary): number {
  if (typeof nodes !== 'number') return nodes.row(text)
  return /^\d+$/.test(text) ? Number(text) : -1
}
