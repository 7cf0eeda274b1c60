/** CSV and TSV. */
import { fail } from '../errors.ts'
import type { ColumnPositions, Role } from './columns.ts'
import { positionalColumns, resolveColumns } from './columns.ts'
import type { Loading } from './loading.ts'
import { scanRecords, type RecordSink } from './records.ts'
import { excerpt } from './report.ts'
import { display, peek, readBytes, type Source } from './source.ts'
import { ID, parseNumber, parseTime, TIME } from './values.ts'

const decoder = new TextDecoder()

export async function readCsv(source: Source, loading: Loading): Promise<void> {
  const [head, chunks] = await peek(readBytes(source.file), 1 << 16)
  const delimiter = source.format === 'tsv' ? 9 : delimiterOf(head, loading.options.delimiter)
  await scanRecords(display(source.file), chunks, delimiter, new CsvSink(display(source.file), loading))
}

class CsvSink implements RecordSink {
  fields = 0
  readonly #file: string
  readonly #loading: Loading
  #names: string[] = []
  #columns!: ColumnPositions
  #user = -1
  #item = -1
  #weight = -1
  #time = -1
  #event = -1

  constructor(file: string, loading: Loading) {
    this.#file = file
    this.#loading = loading
  }

  record(b: Uint8Array, starts: Int32Array, ends: Int32Array, count: number, line: number): void {
    if (this.fields === 0) {
      this.#begin(b, starts, ends, count, line)
      if (this.#loading.options.header !== false) return
    }
    const loading = this.#loading
    loading.tally.rows++
    const event = this.#event
    if (event >= 0 && !loading.acceptsEvent(b, starts[event], ends[event])) return
    let weight = 1
    if (this.#weight >= 0) {
      weight = parseNumber(b, starts[this.#weight], ends[this.#weight])
      if (weight !== weight) return this.#bad(this.#weight, 'a number', b, starts, ends, line)
      if (weight < loading.minWeight) return loading.filter()
    }
    let time = 0
    if (this.#time >= 0) {
      time = parseTime(b, starts[this.#time], ends[this.#time])
      if (time !== time) return this.#bad(this.#time, TIME, b, starts, ends, line)
    }
    const user = this.#user
    const item = this.#item
    const outcome = loading.collector.addBytes(
      b,
      starts[user],
      ends[user],
      starts[item],
      ends[item],
      weight,
      time,
    )
    if (outcome === 'badUser') this.#bad(user, ID, b, starts, ends, line)
    else if (outcome === 'badItem') this.#bad(item, ID, b, starts, ends, line)
  }

  malformed(line: number, expected: string, got: string, text: Uint8Array): void {
    if (this.fields === 0) throw fail('DATA', { file: this.#file, line, expected, got })
    this.#loading.tally.rows++
    this.#loading.tally.badRow(() => ({
      file: this.#file,
      line,
      column: null,
      expected,
      got: `${got} in ${excerpt(decoder.decode(text))}`,
    }))
  }

  #bad(
    field: number,
    expected: string,
    b: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    line: number,
  ): void {
    this.#loading.tally.badRow(() => ({
      file: this.#file,
      line,
      column: this.#names[field],
      expected,
      got:
        starts[field] === ends[field]
          ? 'nothing'
          : excerpt(decoder.decode(b.subarray(starts[field], ends[field]))),
    }))
  }

  /** Takes the first record for the column names, or counts its columns. */
  #begin(b: Uint8Array, starts: Int32Array, ends: Int32Array, count: number, line: number): void {
    const { options, required } = this.#loading
    const given = options.columns ?? {}
    const first = Array.from({ length: count }, (_, f) => decoder.decode(b.subarray(starts[f], ends[f])))
    if (options.header === false) {
      this.#names = first.map((_, i) => String(i + 1))
      this.#columns = positionalColumns(this.#file, count, given, required)
    } else {
      this.#names = first.map((name) => name.trim())
      if (count > 1 && first.every((_, f) => !Number.isNaN(parseNumber(b, starts[f], ends[f])))) {
        throw fail('DATA', {
          file: this.#file,
          line,
          expected: 'column names, such as user,item,rating,timestamp',
          got: `only numbers (${first.join(', ')}); if there is no header, say --no-header: the columns are then user, item, weight, time, or as numbered with --user-column, --item-column, --weight-column, --time-column`,
        })
      }
      this.#columns = resolveColumns(this.#file, this.#names, given, required)
    }
    this.fields = count
    const used = this.#loading.begin(
      this.#file,
      this.#columns,
      (role: Role) => this.#names[this.#columns[role]],
    )
    this.#user = used.user
    this.#item = used.item
    this.#weight = used.weight
    this.#time = used.time
    this.#event = used.event
  }
}

/** The delimiter that the first line has most of, outside of quotes; a comma if it has none. */
export function delimiterOf(head: Uint8Array, given: string | undefined): number {
  if (given !== undefined) {
    const code = given.codePointAt(0) ?? 0
    if (given.length === 1 && code < 128 && code !== 10 && code !== 13 && code !== 34) return code
    throw fail('ARGUMENT', { what: 'delimiter', expected: 'one ASCII character', got: JSON.stringify(given) })
  }
  const counts = new Map([
    [44, 0],
    [59, 0],
    [9, 0],
    [124, 0],
  ])
  let quoted = false
  for (const c of head) {
    if (c === 34) quoted = !quoted
    else if (quoted) continue
    else if (c === 10) break
    else if (counts.has(c)) counts.set(c, counts.get(c)! + 1)
  }
  let best = 44
  for (const [c, n] of counts) if (n > counts.get(best)!) best = c
  return best
}
