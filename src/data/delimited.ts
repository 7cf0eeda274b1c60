/** CSV and TSV as rows of fields, whatever the columns mean. */
import { fail } from '../errors.ts'
import { delimiterOf } from './read-csv.ts'
import { scanRecords, type RecordSink } from './records.ts'
import { excerpt } from './report.ts'
import { display, peek, readBytes, type Source } from './source.ts'

export interface RowSink {
  /** Takes the fields of the first record; true when they are column names, false when it is a row too. */
  begin(fields: readonly string[], line: number): boolean
  /** Field f is bytes[starts[f] … ends[f]). Valid until it returns. */
  row(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, line: number): void
  /** A line that is not a record; without this it is an error. */
  malformed?(line: number, expected: string, got: string): void
  /** Waited for before more is read, some thousands of rows later. */
  pause?(): Promise<void>
}

const decoder = new TextDecoder()

/** `delimiter`: of CSV, where it is given. */
export async function scanDelimited(
  source: Source,
  delimiter: string | undefined,
  sink: RowSink,
): Promise<void> {
  const [head, chunks] = await peek(readBytes(source.file), 1 << 16)
  const records: RecordSink & { fields: number } = {
    fields: 0,
    record(bytes, starts, ends, count, line) {
      if (records.fields === 0) {
        records.fields = count
        const fields = Array.from({ length: count }, (_, f) =>
          decoder.decode(bytes.subarray(starts[f], ends[f])).trim(),
        )
        if (sink.begin(fields, line)) return
      }
      sink.row(bytes, starts, ends, line)
    },
    malformed(line, expected, got, text) {
      if (records.fields === 0 || !sink.malformed)
        throw fail('DATA', { file: display(source.file), line, expected, got })
      sink.malformed(line, expected, `${got} in ${excerpt(decoder.decode(text))}`)
    },
    pause: async () => sink.pause?.(),
  }
  const byte = source.format === 'tsv' ? 9 : delimiterOf(head, delimiter)
  await scanRecords(display(source.file), chunks, byte, records)
}

/** Fields of a file as numbers; one that is not is an error that says where. */
export class NumberFields {
  readonly #file: string
  readonly #names: readonly string[]
  readonly #parse: (bytes: Uint8Array, start: number, end: number) => number

  constructor(
    file: string,
    names: readonly string[],
    parse: (bytes: Uint8Array, start: number, end: number) => number,
  ) {
    this.#file = file
    this.#names = names
    this.#parse = parse
  }

  number(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, field: number, line: number): number {
    const value = this.#parse(bytes, starts[field], ends[field])
    if (Number.isNaN(value)) throw this.#wrong('a number', bytes, starts, ends, field, line)
    return value
  }

  /** A row number: whole, from 0 to below `limit`. */
  index(
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    field: number,
    line: number,
    limit: number,
  ): number {
    const value = this.#parse(bytes, starts[field], ends[field])
    if (Number.isInteger(value) && value >= 0 && value < limit) return value
    const expected = limit < MAX_INDEX ? `a whole number from 0 to ${limit - 1}` : 'a whole number from 0'
    throw this.#wrong(expected, bytes, starts, ends, field, line)
  }

  #wrong(
    expected: string,
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    field: number,
    line: number,
  ): Error {
    const text = decoder.decode(bytes.subarray(starts[field], ends[field]))
    return fail('DATA', { file: this.#file, line, column: this.#names[field], expected, got: excerpt(text) })
  }
}

/** Row numbers are below this. */
export const MAX_INDEX = 2 ** 31
