/** word2vec text: a line with the number of vectors and their size, then a line for each: the id, and its numbers. */
import { fail } from '../../errors.ts'
import { scanLines } from '../../data/lines.ts'
import { excerpt } from '../../data/report.ts'
import { display, readBytes } from '../../data/source.ts'
import { parseNumber } from '../../data/values.ts'
import { replaceFile } from '../atomic.ts'
import { escapeId, unescapeId } from './escape.ts'
import { checkDim, idText, notFinite, VectorBuilder, type Vectors } from './vectors.ts'

const SPACE = 32
const TAB = 9
const decoder = new TextDecoder()

/** Numbers have the nine digits that bring a float32 back to the bit. */
export async function writeWord2vecText(path: string, { nodes, dim, data }: Vectors): Promise<void> {
  await replaceFile(path, async (handle) => {
    let text = `${nodes.size} ${dim}\n`
    for (let row = 0; row < nodes.size; row++) {
      text += escapeId(nodes.id(row))
      for (let k = row * dim; k < (row + 1) * dim; k++) text += ` ${decimal(data[k])}`
      text += '\n'
      if (text.length < 1 << 20) continue
      await handle.writeFile(text)
      text = ''
    }
    await handle.writeFile(text)
  })
}

function decimal(value: number): string {
  return Object.is(value, -0) ? '-0' : String(Number(value.toPrecision(9)))
}

/** Reads what {@link writeWord2vecText} and other tools write; without the first line too, as GloVe has it. May be compressed. */
export async function readWord2vecText(path: string): Promise<Vectors> {
  const reader = new TextReader(display(path))
  await scanLines(display(path), readBytes(path), (bytes, start, end, line) =>
    reader.line(bytes, start, end, line),
  )
  return reader.finish()
}

class TextReader {
  readonly #file: string
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** The first line where it is two whole numbers, which another line has to confirm. */
  #header: { readonly count: number; readonly dim: number } | null = null
  #builder: VectorBuilder | null = null
  #last = 0

  constructor(file: string) {
    this.#file = file
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    split(bytes, start, end, this.#starts, this.#ends)
    this.#last = line
    const fields = this.#starts.length
    if (fields === 0) return
    if (line === 1 && fields === 2) {
      const header = /^(\d+)\s+(\d+)$/.exec(decoder.decode(bytes.subarray(start, end)).trim())
      if (header) {
        this.#header = { count: Number(header[1]), dim: Number(header[2]) }
        return
      }
    }
    this.#builder ??= this.#begin(fields - 1, line)
    const { count = Infinity } = this.#header ?? {}
    if (this.#builder.size === count) throw this.#wrong(line, `the end after ${count} vectors`, 'more')
    this.#add(this.#builder, bytes, line)
  }

  #begin(dim: number, line: number): VectorBuilder {
    const header = this.#header
    if (header && dim === 1 && header.dim !== 1) {
      // No header after all, but an id that is a number, with a vector of one.
      this.#header = null
      const builder = new VectorBuilder(1)
      builder.add(String(header.count), { file: this.#file, line: 1 })[0] = header.dim
      return builder
    }
    checkDim(header?.dim ?? dim, { file: this.#file, line: header ? 1 : line })
    return new VectorBuilder(header?.dim ?? dim, header?.count)
  }

  #add(builder: VectorBuilder, bytes: Uint8Array, line: number): void {
    const starts = this.#starts
    const ends = this.#ends
    const { dim } = builder
    const place = { file: this.#file, line }
    if (starts.length !== dim + 1) {
      const text = excerpt(decoder.decode(bytes.subarray(starts[0], ends.at(-1))))
      throw this.#wrong(line, `an id without spaces and ${dim} numbers`, `${starts.length} fields: ${text}`)
    }
    const id = unescapeId(idText(bytes.subarray(starts[0], ends[0]), place))
    const vector = builder.add(id, place)
    for (let c = 0; c < dim; c++) {
      vector[c] = parseNumber(bytes, starts[c + 1], ends[c + 1])
      if (Number.isFinite(vector[c])) continue
      throw notFinite(place, id, c, excerpt(decoder.decode(bytes.subarray(starts[c + 1], ends[c + 1]))))
    }
  }

  finish(): Vectors {
    const builder = this.#builder ?? new VectorBuilder(1)
    const { count = 0 } = this.#header ?? {}
    if (builder.size < count) {
      const got = `the end of the file after ${builder.size}`
      throw this.#wrong(this.#last, `${count} vectors, as the first line says`, got)
    }
    return builder.finish(this.#file)
  }

  #wrong(line: number, expected: string, got: string): Error {
    return fail('DATA', { file: this.#file, line, expected, got })
  }
}

/** Fields between spaces or tabs. */
function split(bytes: Uint8Array, start: number, end: number, starts: number[], ends: number[]): void {
  starts.length = 0
  ends.length = 0
  for (let i = start; i < end;) {
    while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++
    if (i === end) return
    starts.push(i)
    while (i < end && bytes[i] !== SPACE && bytes[i] !== TAB) i++
    ends.push(i)
  }
}
