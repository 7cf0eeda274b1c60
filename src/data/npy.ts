/**
 * NumPy's array file (format versions 1 to 3): a magic string, a header that is a Python dictionary, then the numbers.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { fail, quote } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { Matrix } from '../tensor/matrix.ts'
import { display, peek, readBytes } from './source.ts'

const MAGIC = '\u0093NUMPY'
/** A header is a line of text; one that is longer is damage. */
const MAX_HEADER = 1 << 16

type Numbers = Float64Array | Float32Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array
type Kind = new (buffer: ArrayBuffer) => Numbers | Uint32Array | Uint16Array | BigUint64Array

/** Little-endian types. */
const kinds: Readonly<Record<string, Kind>> = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i8': BigInt64Array,
  '<u8': BigUint64Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '<i2': Int16Array,
  '<u2': Uint16Array,
  '|i1': Int8Array,
  '|u1': Uint8Array,
  '|b1': Uint8Array,
}
const sizeOf = (descr: string): number => Number(descr.slice(2))

interface Header {
  readonly descr: string
  readonly fortran: boolean
  readonly shape: readonly number[]
}

/**
 * The matrix in an .npy file (compressed or not), on the kernel heap unless `allocate` has another place. An array of one axis becomes one column; of more than two, its
 * last axes are laid side by side (n × 28 × 28 images become n × 784). Numbers of other types are rounded to float32.
 */
export async function readNpy(
  file: string,
  allocate: (length: number) => Float32Array = (length) => heap.scratchF32(length),
): Promise<Matrix> {
  const [head, chunks] = await peek(readBytes(file), 12)
  const wrong = (expected: string, got: string): Error => fail('DATA', { file: display(file), expected, got })
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    const version = head[6]
    if (head.length < 12 || Buffer.from(head.subarray(0, 6)).toString('latin1') !== MAGIC)
      throw wrong('an .npy file', 'one that does not begin with its magic string')
    if (!(version >= 1 && version <= 3)) throw wrong('format version 1, 2 or 3', `${version}.${head[7]}`)
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
    const begin = version === 1 ? 10 : 12
    const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
    if (length > MAX_HEADER) throw wrong(`a header of at most ${MAX_HEADER} bytes`, String(length))
    const bytes = new Reader(iterator)
    const start = new Uint8Array(begin + length)
    if ((await bytes.readInto(start)) < start.length) throw wrong('a whole header', 'the end of the file')
    const header = parseHeader(Buffer.from(start.subarray(begin)).toString('latin1'), wrong)
    return await readPayload(bytes, header, allocate, wrong)
  } finally {
    await iterator.return(undefined)
  }
}

async function readPayload(
  bytes: Reader,
  { descr, fortran, shape }: Header,
  allocate: (length: number) => Float32Array,
  wrong: (expected: string, got: string) => Error,
): Promise<Matrix> {
  const [rows, ...rest] = shape
  const cols = rest.reduce((product, size) => product * size, 1)
  if (fortran && shape.length > 2)
    throw wrong('C order, or at most two axes', `Fortran order, ${shape.length} axes`)
  const count = rows * cols
  const size = sizeOf(descr)
  const out = new Matrix(rows, cols, allocate(count))
  const direct = descr === '<f4' && !fortran
  const raw = direct
    ? new Uint8Array(out.data.buffer, out.data.byteOffset, count * 4)
    : new Uint8Array(count * size)
  const got = await bytes.readInto(raw)
  if (got < raw.length)
    throw wrong(`${raw.length} bytes of numbers for shape (${shape.join(', ')})`, String(got))
  if ((await bytes.readInto(new Uint8Array(1))) > 0)
    throw wrong(`the end of the file after ${raw.length} bytes of numbers`, 'more bytes')
  if (direct) return out
  const numbers = new kinds[descr](raw.buffer as ArrayBuffer)
  for (let i = 0; i < count; i++) {
    out.data[fortran ? (i % rows) * cols + Math.floor(i / rows) : i] = Number(numbers[i])
  }
  return out
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`, its keys in any order, padded with spaces. */
function parseHeader(text: string, wrong: (expected: string, got: string) => Error): Header {
  const shown = quote(text.trim().slice(0, 120))
  const entry = String.raw`'(?:descr|fortran_order|shape)'\s*:\s*(?:'[^']*'|True|False|\([^)]*\)|\[[^\]]*\])`
  if (!new RegExp(String.raw`^\{\s*${entry}\s*(?:,\s*${entry}\s*){2},?\s*\}\s*$`).test(text))
    throw wrong("a header with just 'descr', 'fortran_order' and 'shape'", shown)
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const axes = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1]
  if (fortran === undefined || axes === undefined || !/^\s*(\d+\s*,\s*)*(\d+\s*)?$/.test(axes))
    throw wrong('an order and a shape such as (9298, 256)', shown)
  if (descr === undefined || !Object.hasOwn(kinds, descr))
    throw wrong(
      `numbers of a type among ${Object.keys(kinds).join(' ')}`,
      descr === undefined ? shown : quote(descr),
    )
  const shape = axes
    .split(',')
    .map((axis) => axis.trim())
    .filter((axis) => axis !== '')
    .map(Number)
  const count = shape.reduce((product, size) => product * size, 1)
  if (shape.length === 0) throw wrong('at least one axis', 'a single number, shape ()')
  if (!Number.isSafeInteger(count * 8))
    throw wrong('an array that fits memory', `shape (${shape.join(', ')})`)
  return { descr, fortran: fortran === 'True', shape }
}

/** Fills buffers from chunks of any size. */
class Reader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks
  }

  /** How many bytes of `target` could be filled. */
  async readInto(target: Uint8Array): Promise<number> {
    let at = 0
    while (at < target.length) {
      if (this.#chunk.length === 0) {
        const next = await this.#chunks.next()
        if (next.done) break
        this.#chunk = next.value
      }
      const part = this.#chunk.subarray(0, target.length - at)
      target.set(part, at)
      this.#chunk = this.#chunk.subarray(part.length)
      at += part.length
    }
    return at
  }
}

/** What comes before the little-endian float32 numbers of a rows × cols matrix in an .npy file (format 1.0). */
export function npyHeader(rows: number, cols: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`
  // The numbers begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const header = Buffer.alloc(10 + length, 0x20)
  header.write(MAGIC, 'latin1')
  header[6] = 1
  header[7] = 0
  header.writeUInt16LE(length, 8)
  header.write(text, 10, 'latin1')
  header[header.length - 1] = 10
  return header
}
