/** What the columns of a file are, found out from their cells. */
import type { Row } from '../../data/rows.ts'
import type { AttributeType } from './mapping.ts'
import { GREATEST, isBoolean, numberOf } from './parse.ts'

interface Seen {
  filled: number
  list: boolean
  number: boolean
  boolean: boolean
}

/** Numbers as people write them: no leading zeros, which are codes, and no more digits than a number keeps. */
const plainNumber = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?(e[+-]?\d{1,2})?$/i

/** Looks at every row and then knows: a column is what all of its cells are, else text. */
export class ColumnTypes {
  readonly #columns = new Map<string, Seen>()

  add(row: Row): void {
    for (const [name, value] of Object.entries(row)) {
      if (value === null || value === undefined || value === '') continue
      let seen = this.#columns.get(name)
      if (!seen) this.#columns.set(name, (seen = { filled: 0, list: false, number: true, boolean: true }))
      seen.filled++
      if (typeof value === 'object') seen.list = true
      if (seen.number)
        seen.number = typeof value === 'number' || (typeof value === 'string' && isPlain(value))
      if (seen.boolean)
        seen.boolean = typeof value === 'boolean' || (typeof value === 'string' && isBoolean(value))
    }
  }

  typeOf(name: string): AttributeType {
    const seen = this.#columns.get(name)
    if (!seen) return 'text'
    return seen.list ? 'list' : seen.number ? 'number' : seen.boolean ? 'boolean' : 'text'
  }

  filled(name: string): number {
    return this.#columns.get(name)?.filled ?? 0
  }
}

function isPlain(text: string): boolean {
  return plainNumber.test(text) && Math.abs(numberOf(text)) <= GREATEST
}
