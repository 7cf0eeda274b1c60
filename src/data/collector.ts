/** Gathers events row by row into typed arrays, numbering ids as they come. Every reader feeds one. */
import { isUtf8 } from 'node:buffer'
import type { Events } from './events.ts'
import { InternTable } from './interning.ts'
import { encode, Vocabulary } from './vocabulary.ts'

export interface Vocabularies {
  readonly users: Vocabulary
  readonly items: Vocabulary
}

/** What became of an event. */
export type Outcome = 'kept' | 'unknown' | 'badUser' | 'badItem'

/** Ids as they are looked up: a growing table, or a given vocabulary that stays as it is. */
class IdColumn {
  readonly #table: InternTable | null
  readonly #given: Vocabulary | null

  constructor(given: Vocabulary | undefined) {
    this.#given = given ?? null
    this.#table = given ? null : new InternTable()
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    return this.#table ? this.#table.find(bytes, start, end) : this.#given!.rowOfBytes(bytes, start, end)
  }
  /** −1 where the vocabulary is given and lacks the id. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    return this.#table ? this.#table.intern(bytes, start, end) : -1
  }
  vocabulary(): Vocabulary {
    return this.#given ?? Vocabulary.fromTable(this.#table!)
  }
}

export class Collector {
  readonly #users: IdColumn
  readonly #items: IdColumn
  #userRows = new Int32Array(1024)
  #itemRows = new Int32Array(1024)
  #weights: Float32Array<ArrayBuffer> | null = null
  #times: Float64Array<ArrayBuffer> | null = null
  #size = 0
  /** Events with a user or item that the given vocabularies lack. */
  unknown = 0
  /** How many of them lack the user, and how many the item; one may lack both. */
  unknownUser = 0
  unknownItem = 0

  constructor(vocabularies?: Vocabularies) {
    this.#users = new IdColumn(vocabularies?.users)
    this.#items = new IdColumn(vocabularies?.items)
  }

  /** Says which optional columns there are. Before the first event. */
  expect(weighted: boolean, timed: boolean): void {
    this.#weights = weighted ? new Float32Array(this.#userRows.length) : null
    this.#times = timed ? new Float64Array(this.#userRows.length) : null
  }

  get weighted(): boolean {
    return this.#weights !== null
  }
  get timed(): boolean {
    return this.#times !== null
  }
  get size(): number {
    return this.#size
  }

  /** Adds an event whose ids are UTF-8 in `bytes`. A bad id leaves no trace in either vocabulary. */
  addBytes(
    bytes: Uint8Array,
    userStart: number,
    userEnd: number,
    itemStart: number,
    itemEnd: number,
    weight: number,
    time: number,
  ): Outcome {
    let user = this.#users.find(bytes, userStart, userEnd)
    let item = this.#items.find(bytes, itemStart, itemEnd)
    if (user < 0 || item < 0) {
      if (user < 0 && !isId(bytes, userStart, userEnd)) return 'badUser'
      if (item < 0 && !isId(bytes, itemStart, itemEnd)) return 'badItem'
      if (user < 0) user = this.#users.intern(bytes, userStart, userEnd)
      if (item < 0) item = this.#items.intern(bytes, itemStart, itemEnd)
    }
    return this.addRows(user, item, weight, time)
  }

  /** Adds an event with ids as strings, which are not empty. */
  addText(user: string, item: string, weight: number, time: number): Outcome {
    return this.addRows(this.userRow(user), this.itemRow(item), weight, time)
  }

  /** The row of a user, added if it is new; −1 where the vocabulary is given and lacks it. */
  userRow(id: string): number {
    return rowOf(this.#users, id)
  }
  itemRow(id: string): number {
    return rowOf(this.#items, id)
  }

  /** Adds an event of rows from {@link userRow} and {@link itemRow}. */
  addRows(user: number, item: number, weight: number, time: number): Outcome {
    if (user < 0 || item < 0) {
      this.unknown++
      if (user < 0) this.unknownUser++
      if (item < 0) this.unknownItem++
      return 'unknown'
    }
    const at = this.#size
    if (at === this.#userRows.length) this.#grow()
    this.#userRows[at] = user
    this.#itemRows[at] = item
    if (this.#weights) this.#weights[at] = weight
    if (this.#times) this.#times[at] = time
    this.#size = at + 1
    return 'kept'
  }

  #grow(): void {
    const capacity = this.#userRows.length * 2
    const userRows = new Int32Array(capacity)
    userRows.set(this.#userRows)
    this.#userRows = userRows
    const itemRows = new Int32Array(capacity)
    itemRows.set(this.#itemRows)
    this.#itemRows = itemRows
    if (this.#weights) {
      const weights = new Float32Array(capacity)
      weights.set(this.#weights)
      this.#weights = weights
    }
    if (this.#times) {
      const times = new Float64Array(capacity)
      times.set(this.#times)
      this.#times = times
    }
  }

  /** Everything that was added. The collector must not be used afterwards. */
  events(): Events {
    const n = this.#size
    return {
      users: this.#users.vocabulary(),
      items: this.#items.vocabulary(),
      userRows: this.#userRows.subarray(0, n),
      itemRows: this.#itemRows.subarray(0, n),
      weights: this.#weights && this.#weights.subarray(0, n),
      times: this.#times && this.#times.subarray(0, n),
    }
  }
}

function rowOf(column: IdColumn, id: string): number {
  const { bytes, length } = encode(id)
  const row = column.find(bytes, 0, length)
  return row < 0 ? column.intern(bytes, 0, length) : row
}

function isId(bytes: Uint8Array, start: number, end: number): boolean {
  return end > start && isUtf8(bytes.subarray(start, end))
}
