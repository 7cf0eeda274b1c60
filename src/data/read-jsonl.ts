/** JSON Lines: one object per line. */
import type { ColumnPositions, Role } from './columns.ts'
import { resolveColumns } from './columns.ts'
import { scanLines } from './lines.ts'
import type { Loading } from './loading.ts'
import { excerpt, type Tally } from './report.ts'
import { display, readBytes, type Source } from './source.ts'
import { ID, parseNumber, parseTime, TIME } from './values.ts'
import { encode } from './vocabulary.ts'

type Json = Readonly<Record<string, unknown>>
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The names of the first object are the columns; a later line without one of those that are read is bad. */
export async function readJsonLines(source: Source, loading: Loading): Promise<void> {
  let reader: JsonRows | undefined
  await scanJsonLines(source, loading.tally, (object, line) => {
    reader ??= new JsonRows(display(source.file), loading, Object.keys(object))
    reader.add(object, line)
  })
  // Every line is bad: which columns there are cannot be told, and the counts say why nothing came.
  if (!reader && loading.tally.bad > 0) loading.tally.check(0)
}

export interface ObjectSink {
  object(object: Json, line: number): void
  /** A line that is no object; `got` is an excerpt of it. */
  bad(line: number, got: string): void
  /** Waited for before more is read, some thousands of lines later. */
  pause?(): Promise<void>
}

/** What every line should be, for messages. */
export const JSON_OBJECT = 'a JSON object in UTF-8'

/** Calls `sink` for every line that is not blank. */
export async function scanObjects(source: Source, sink: ObjectSink): Promise<void> {
  await scanLines(
    display(source.file),
    readBytes(source.file),
    (bytes, start, end, line) => {
      let text = ''
      let object: Json | null = null
      try {
        text = decoder.decode(bytes.subarray(start, end))
        if (text.trim() === '') return
        object = parseObject(text)
      } catch {
        object = null
      }
      if (object) sink.object(object, line)
      else sink.bad(line, excerpt(text || 'other bytes'))
    },
    async () => sink.pause?.(),
  )
}

/** Calls `visit` for the object of every line that is not blank; lines that are not objects are counted as bad. */
export async function scanJsonLines(
  source: Source,
  tally: Tally,
  visit: (object: Json, line: number) => void,
): Promise<void> {
  const file = display(source.file)
  await scanObjects(source, {
    object(object, line) {
      tally.rows++
      visit(object, line)
    },
    bad(line, got) {
      tally.rows++
      tally.badRow(() => ({ file, line, column: null, expected: JSON_OBJECT, got }))
    },
  })
}

/** Numbers that a double cannot hold exactly are kept as they are written, since they may be ids. */
function parseObject(text: string): Json | null {
  let value: unknown = JSON.parse(text)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  if (/\d{16}/.test(text)) {
    value = JSON.parse(text, keepSource as (key: string, value: unknown) => unknown)
  }
  return value as Json
}

function keepSource(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? context.source : value
}

class JsonRows {
  readonly #file: string
  readonly #loading: Loading
  readonly #names: readonly string[]
  readonly #used: ColumnPositions

  constructor(file: string, loading: Loading, names: readonly string[]) {
    this.#file = file
    this.#loading = loading
    this.#names = names
    const columns = resolveColumns(file, names, loading.options.columns ?? {}, loading.required)
    this.#used = loading.begin(file, columns, (role: Role) => names[columns[role]])
  }

  add(object: Json, line: number): void {
    const loading = this.#loading
    const { user, item, weight: weightAt, time: timeAt, event } = this.#used
    if (event >= 0 && !loading.acceptsEventText(idOf(object[this.#names[event]]) ?? '')) return
    let weight = 1
    if (weightAt >= 0) {
      weight = this.#parse(object, weightAt, parseNumber)
      if (Number.isNaN(weight)) return this.#bad(object, weightAt, 'a number', line)
      if (weight < loading.minWeight) return loading.filter()
    }
    let time = 0
    if (timeAt >= 0) {
      time = this.#parse(object, timeAt, parseTime)
      if (Number.isNaN(time)) return this.#bad(object, timeAt, TIME, line)
    }
    const userId = idOf(object[this.#names[user]])
    if (userId === null) return this.#bad(object, user, ID, line)
    const itemId = idOf(object[this.#names[item]])
    if (itemId === null) return this.#bad(object, item, ID, line)
    loading.collector.addText(userId, itemId, weight, time)
  }

  #parse(
    object: Json,
    column: number,
    parse: (bytes: Uint8Array, start: number, end: number) => number,
  ): number {
    const value = object[this.#names[column]]
    if (typeof value !== 'number' && typeof value !== 'string') return NaN
    const { bytes, length } = encode(String(value))
    return parse(bytes, 0, length)
  }

  #bad(object: Json, column: number, expected: string, line: number): void {
    const name = this.#names[column]
    const got = Object.hasOwn(object, name) ? excerpt(JSON.stringify(object[name])) : 'nothing'
    this.#loading.tally.badRow(() => ({ file: this.#file, line, column: name, expected, got }))
  }
}

/** Strings as they are, numbers as written in decimal; anything else is not an id. */
function idOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  return typeof value === 'number' ? String(value) : null
}
