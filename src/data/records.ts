/**
 * Cuts delimited text (RFC 4180) into records, a chunk at a time, counting physical lines.
 *
 * A broken record must not take its neighbours with it: when a quoted field does not end properly, or a record that spans lines
 * has the wrong number of fields, only the line it began on is malformed and reading goes on with the next line.
 */
import { fail } from '../errors.ts'

export interface RecordSink {
  /** Fields each record must have, or 0 while unknown. Read again before every record. */
  readonly fields: number
  /** One record; field f is bytes[starts[f] … ends[f]), unquoted. `line` is where it begins, from 1. Valid until it returns. */
  record(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, count: number, line: number): void
  /** One line that is not a record. */
  malformed(line: number, expected: string, got: string, text: Uint8Array): void
  /** Waited for before more is read, some thousands of records later. */
  pause?(): Promise<void>
}

const NEWLINE = 10
const RETURN = 13
const QUOTE = 34
/** A quoted field that is longer than this is taken for one whose closing quote is missing. */
const MAX_RECORD = 1 << 20
const MAX_LINE = 1 << 26

/** Feeds all records of `chunks` to `sink`; `file` is for messages. Blank lines are skipped. `delimiter` is a byte. */
export async function scanRecords(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  delimiter: number,
  sink: RecordSink,
): Promise<void> {
  const scanner = new RecordScanner(file, delimiter, sink)
  for await (const chunk of chunks) {
    scanner.push(chunk)
    await sink.pause?.()
  }
  scanner.end()
}

class RecordScanner {
  readonly #file: string
  readonly #delimiter: number
  readonly #sink: RecordSink
  #buffer = new Uint8Array(1 << 21)
  #filled = 0
  #line = 1
  #starts = new Int32Array(64)
  #ends = new Int32Array(64)
  /** Fields of the current record that hold doubled quotes. */
  #escaped: number[] = []
  /** What is wrong with the current record. */
  #expected = ''
  #got = ''
  #lines = 0
  #count = 0

  constructor(file: string, delimiter: number, sink: RecordSink) {
    this.#file = file
    this.#delimiter = delimiter
    this.#sink = sink
  }

  push(chunk: Uint8Array): void {
    const needed = this.#filled + chunk.length
    if (needed > MAX_LINE) {
      const expected = `a line end within ${MAX_LINE >> 20} MiB`
      throw fail('DATA', { file: this.#file, line: this.#line, expected, got: 'none; is this a text file?' })
    }
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2))
      grown.set(this.#buffer.subarray(0, this.#filled))
      this.#buffer = grown
    }
    this.#buffer.set(chunk, this.#filled)
    this.#filled = needed
    this.#consume(false)
  }

  end(): void {
    this.#consume(true)
  }

  #consume(final: boolean): void {
    let position = 0
    const buffer = this.#buffer
    const filled = this.#filled
    while (position < filled) {
      const next = this.#record(buffer, position, filled, final)
      if (next === INCOMPLETE) break
      if (next !== MALFORMED) {
        const count = this.#count
        const wanted = this.#sink.fields
        if (count === 1 && this.#starts[0] === this.#ends[0] && this.#starts[0] === position) {
          // A blank line.
        } else if (wanted > 0 && count !== wanted) {
          this.#expected = `${wanted} fields`
          this.#got = String(count)
          if (this.#lines > 1) {
            position = this.#badLine(buffer, position, filled)
            continue
          }
          this.#sink.malformed(this.#line, this.#expected, this.#got, trimLine(buffer, position, next))
        } else {
          for (const f of this.#escaped) this.#unescape(buffer, f)
          this.#sink.record(buffer, this.#starts, this.#ends, count, this.#line)
        }
        this.#line += this.#lines
        position = next
        continue
      }
      if (!final && buffer.subarray(position, filled).indexOf(NEWLINE) < 0) break
      position = this.#badLine(buffer, position, filled)
    }
    buffer.copyWithin(0, position, filled)
    this.#filled = filled - position
  }

  /** Reports the physical line at `position`; returns where the next one begins. */
  #badLine(buffer: Uint8Array, position: number, filled: number): number {
    const newline = buffer.subarray(position, filled).indexOf(NEWLINE)
    const next = newline < 0 ? filled : position + newline + 1
    this.#sink.malformed(this.#line, this.#expected, this.#got, trimLine(buffer, position, next))
    this.#line++
    return next
  }

  /** Finds the fields of the record at `position`; returns where the next begins, INCOMPLETE or MALFORMED. */
  #record(b: Uint8Array, position: number, filled: number, final: boolean): number {
    const delimiter = this.#delimiter
    let starts = this.#starts
    let ends = this.#ends
    let count = 0
    let i = position
    this.#lines = 1
    if (this.#escaped.length > 0) this.#escaped.length = 0
    for (;;) {
      if (count === starts.length) {
        this.#growFields()
        starts = this.#starts
        ends = this.#ends
      }
      if (i < filled && b[i] === QUOTE) {
        const close = this.#closingQuote(b, i + 1, filled, position, final, count)
        if (close < 0) return close
        starts[count] = i + 1
        ends[count++] = close
        i = close + 1
        if (i < filled && b[i] === RETURN) {
          if (i + 1 >= filled && !final) return INCOMPLETE
          if (i + 1 >= filled || b[i + 1] === NEWLINE) i++
        }
        if (i < filled && b[i] !== delimiter && b[i] !== NEWLINE) {
          this.#expected = 'a delimiter or the end of the line after a closing quote'
          this.#got = `the character ${JSON.stringify(String.fromCodePoint(b[i]))}`
          return MALFORMED
        }
      } else {
        const start = i
        while (i < filled && b[i] !== delimiter && b[i] !== NEWLINE) i++
        if (i >= filled && !final) return INCOMPLETE
        starts[count] = start
        ends[count++] = i > start && (i >= filled || b[i] === NEWLINE) && b[i - 1] === RETURN ? i - 1 : i
      }
      if (i >= filled) {
        if (!final) return INCOMPLETE
        this.#count = count
        return filled
      }
      if (b[i] === NEWLINE) {
        this.#count = count
        return i + 1
      }
      i++
    }
  }

  #closingQuote(
    b: Uint8Array,
    from: number,
    filled: number,
    position: number,
    final: boolean,
    field: number,
  ): number {
    let escaped = false
    for (let j = from; ; j++) {
      while (j < filled && b[j] !== QUOTE) if (b[j++] === NEWLINE) this.#lines++
      if (j >= filled || (j + 1 >= filled && !final)) {
        if (!final && filled - position < MAX_RECORD) return INCOMPLETE
        if (j < filled) return j
        this.#expected = `a closing quote for field ${field + 1}`
        this.#got = final ? 'the end of the file' : `none within ${MAX_RECORD >> 20} MiB`
        return MALFORMED
      }
      if (b[j + 1] !== QUOTE || j + 1 >= filled) {
        if (escaped) this.#escaped.push(field)
        return j
      }
      escaped = true
      j++
    }
  }

  /** Halves doubled quotes, in place. */
  #unescape(b: Uint8Array, field: number): void {
    let out = this.#starts[field]
    for (let i = out; i < this.#ends[field]; i++) {
      b[out++] = b[i]
      if (b[i] === QUOTE) i++
    }
    this.#ends[field] = out
  }

  #growFields(): void {
    const starts = new Int32Array(this.#starts.length * 2)
    starts.set(this.#starts)
    this.#starts = starts
    const ends = new Int32Array(starts.length)
    ends.set(this.#ends)
    this.#ends = ends
  }
}

const INCOMPLETE = -1
const MALFORMED = -2

function trimLine(b: Uint8Array, start: number, next: number): Uint8Array {
  let end = next
  while (end > start && (b[end - 1] === NEWLINE || b[end - 1] === RETURN)) end--
  return b.subarray(start, end)
}
