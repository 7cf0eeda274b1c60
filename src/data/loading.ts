/** What the readers of one load share: the options, the counts, the events gathered so far. */
import { fail } from '../errors.ts'
import { Collector } from './collector.ts'
import type { ColumnPositions, Role } from './columns.ts'
import { roles } from './columns.ts'
import { InternTable } from './interning.ts'
import type { ReadOptions } from './options.ts'
import { Tally } from './report.ts'
import { encode } from './vocabulary.ts'

/** More distinct event names than this, and the column is hardly one of event names. */
const MAX_EVENTS = 10_000
const decoder = new TextDecoder()

export class Loading {
  readonly options: ReadOptions
  readonly collector: Collector
  readonly tally = new Tally()
  /** Roles that a file must have a column for. */
  readonly required: ReadonlySet<Role>
  readonly minWeight: number
  columns: Readonly<Record<Role, string | null>> | null = null
  #firstFile = ''
  readonly #events = new InternTable(16)
  readonly #eventCounts: number[] = []
  readonly #accepted: ReadonlySet<string> | null

  constructor(options: ReadOptions) {
    this.options = options
    this.collector = new Collector(options.vocabularies)
    this.minWeight = options.minWeight ?? -Infinity
    this.#accepted = options.events ? new Set(options.events) : null
    const required = new Set<Role>(['user', 'item'])
    if (options.events) required.add('event')
    if (options.minWeight !== undefined) required.add('weight')
    this.required = required
  }

  /**
   * Tells the columns of a file, before its first row; returns those to read. All files must agree on whether there are weights
   * and times.
   */
  begin(file: string, found: ColumnPositions, name: (role: Role) => string): ColumnPositions {
    const weighted = found.weight >= 0 && !this.options.implicit
    const timed = found.time >= 0
    if (!this.columns) {
      this.#firstFile = file
      this.columns = Object.fromEntries(
        roles.map((role) => [
          role,
          found[role] < 0 || (role === 'weight' && this.options.implicit) ? null : name(role),
        ]),
      ) as Record<Role, string | null>
      this.collector.expect(weighted, timed)
    } else {
      for (const [role, here, before] of [
        ['weight', weighted, this.collector.weighted],
        ['time', timed, this.collector.timed],
      ] as const) {
        if (here === before) continue
        throw fail('DATA', {
          file,
          expected: `${before ? 'a' : 'no'} ${role} column, as in ${this.#firstFile}`,
          got: `${here ? 'one' : 'none'}; read the files one by one, or name the column with --${role}-column`,
        })
      }
    }
    const readWeight = weighted || this.options.minWeight !== undefined
    return { ...found, weight: readWeight ? found.weight : -1 }
  }

  /** Counts a row of the event named bytes[start … end); false when it is to be left out. */
  acceptsEvent(bytes: Uint8Array, start: number, end: number): boolean {
    const row =
      this.#events.size < MAX_EVENTS
        ? this.#events.intern(bytes, start, end)
        : this.#events.find(bytes, start, end)
    if (row >= 0) this.#eventCounts[row] = (this.#eventCounts[row] ?? 0) + 1
    if (!this.#accepted) return true
    if (row >= 0 && this.#accepted.has(this.#eventName(row))) return true
    if (row < 0 && this.#accepted.has(decoder.decode(bytes.subarray(start, end)))) return true
    this.filter()
    return false
  }

  acceptsEventText(event: string): boolean {
    const { bytes, length } = encode(event)
    return this.acceptsEvent(bytes, 0, length)
  }

  /** Counts a row that the options leave out. */
  filter(): void {
    this.tally.filtered++
  }

  /** Rows per event name; null without an event column. */
  events(): Record<string, number> | null {
    if (this.#events.size === 0) return null
    return Object.fromEntries(this.#eventCounts.map((count, row) => [this.#eventName(row), count]))
  }

  readonly #names: string[] = []
  #eventName(row: number): string {
    return (this.#names[row] ??= decoder.decode(this.#events.text(row)))
  }
}
