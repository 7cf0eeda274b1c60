/**
 * The header of a safetensors file: 8 bytes of little-endian length, then JSON that names each tensor's dtype, shape and
 * byte range in the data that follows. Format: https://huggingface.co/docs/safetensors
 *
 * The data must be covered by the tensors exactly: no holes, no overlap, nothing left over. Tensors are laid out by falling
 * element size, so that each one starts at a multiple of its element size. Typed arrays are written as they lie in memory,
 * which is the format's byte order on every platform Node supports natively except s390x.
 */
import { fail, quote } from '../errors.ts'

export type TensorArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array

/** A tensor as it is stored: row-major values, and a shape whose product is their number. */
export interface StoredTensor<A extends TensorArray = TensorArray> {
  readonly data: A
  readonly shape: readonly number[]
}

const dtypes = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const
export type Dtype = keyof typeof dtypes

export interface TensorEntry {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** Byte range, counted from the end of the header. */
  readonly begin: number
  readonly end: number
}

export const LENGTH_BYTES = 8
/** The official reader refuses longer headers. */
export const MAX_HEADER = 100_000_000
const METADATA = '__metadata__'

export function damaged(path: string, expected: string, got: string, cause?: unknown): Error {
  const todo =
    'The file is cut short, damaged, or not a safetensors file: use another copy or write it again.'
  return fail('ARTEFACT', { path, expected, got, todo }, cause === undefined ? undefined : { cause })
}

/** A zeroed array for `entry`. */
export function emptyArray(entry: TensorEntry): TensorArray {
  const Type = dtypes[entry.dtype]
  return new Type((entry.end - entry.begin) / Type.BYTES_PER_ELEMENT)
}

/** Length, JSON and padding to a multiple of 8 bytes; and the tensors in the order in which their data must follow. */
export function encodeHeader(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): { header: Uint8Array; order: TensorArray[] } {
  const entries = Object.entries(tensors).sort(
    ([a, x], [b, y]) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  )
  const fields: [string, unknown][] = []
  if (Object.keys(metadata).length > 0) fields.push([METADATA, checkMetadata(metadata)])
  let offset = 0
  for (const [name, { data, shape }] of entries) {
    checkTensor(name, data, shape)
    const end = offset + data.byteLength
    fields.push([name, { dtype: dtypeOf(name, data), shape, data_offsets: [offset, end] }])
    offset = end
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(fields)))
  const padded = Math.ceil(json.length / 8) * 8
  if (padded > MAX_HEADER) {
    throw fail('TOO_LARGE', {
      what: 'the header of the safetensors file',
      needs: `${padded} bytes`,
      has: `${MAX_HEADER} bytes`,
      todo: 'Store fewer tensors, or less metadata.',
    })
  }
  const header = new Uint8Array(LENGTH_BYTES + padded).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true)
  header.set(json, LENGTH_BYTES)
  return { header, order: entries.map(([, tensor]) => tensor.data) }
}

/** Checks the header's JSON against `dataBytes`, the bytes that follow it; entries come in file order. */
export function parseHeader(
  path: string,
  json: Uint8Array,
  dataBytes: number,
): { entries: TensorEntry[]; metadata: Record<string, string> } {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json))
  } catch (cause) {
    throw damaged(path, 'a header in JSON', 'something else', cause)
  }
  if (!isObject(parsed)) throw damaged(path, 'a JSON object as header', JSON.stringify(parsed).slice(0, 40))
  const entries: TensorEntry[] = []
  let metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(parsed)) {
    if (name === METADATA) metadata = parseMetadata(path, value)
    else entries.push(parseEntry(path, name, value))
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let offset = 0
  for (const { name, begin, end } of entries) {
    if (begin !== offset) {
      throw damaged(
        path,
        `tensor ${quote(name)} to start at byte ${offset} of the data, where the one before ends`,
        String(begin),
      )
    }
    offset = end
  }
  if (offset !== dataBytes)
    throw damaged(path, `${offset} bytes of data after the header`, `${dataBytes} bytes`)
  return { entries, metadata }
}

function parseEntry(path: string, name: string, value: unknown): TensorEntry {
  const tensor = `tensor ${quote(name)}`
  if (!isObject(value))
    throw damaged(path, `${tensor} to have dtype, shape and data_offsets`, JSON.stringify(value))
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypes, dtype)) {
    throw damaged(
      path,
      `${tensor} to have a dtype of ${Object.keys(dtypes).join(', ')}`,
      JSON.stringify(dtype) ?? 'none',
    )
  }
  if (!isSizes(shape))
    throw damaged(path, `${tensor} to have a shape of whole numbers`, JSON.stringify(shape) ?? 'none')
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw damaged(path, `${tensor} to have data_offsets [begin, end]`, JSON.stringify(offsets) ?? 'none')
  }
  const [begin, end] = offsets as [number, number]
  const bytes = shape.reduce((product, n) => product * n, dtypes[dtype as Dtype].BYTES_PER_ELEMENT)
  if (bytes !== end - begin) {
    throw damaged(
      path,
      `${tensor} of ${dtype} and shape [${shape.join(', ')}] to take ${bytes} bytes`,
      `${end - begin} bytes`,
    )
  }
  return { name, dtype: dtype as Dtype, shape, begin, end }
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  if (!isObject(value) || !Object.values(value).every((v) => typeof v === 'string')) {
    throw damaged(path, `${METADATA} to map names to text`, JSON.stringify(value).slice(0, 80))
  }
  return value as Record<string, string>
}

function checkMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string' || !value.isWellFormed() || !key.isWellFormed()) {
      throw fail('ARGUMENT', {
        what: `metadata ${quote(key)}`,
        expected: 'valid Unicode text',
        got: typeof value,
      })
    }
  }
  return metadata
}

function checkTensor(name: string, data: TensorArray, shape: readonly number[]): void {
  if (name === METADATA || !name.isWellFormed()) {
    throw fail('ARGUMENT', {
      what: 'tensor name',
      expected: `valid Unicode text other than ${METADATA}`,
      got: quote(name),
    })
  }
  if (!isSizes(shape) || shape.reduce((product, n) => product * n, 1) !== data.length) {
    throw fail('SHAPE', {
      op: `writing tensor ${quote(name)}`,
      expected: `a shape with ${data.length} elements`,
      got: `[${shape.join(', ')}]`,
    })
  }
}

function dtypeOf(name: string, data: TensorArray): Dtype {
  for (const [dtype, Type] of Object.entries(dtypes)) if (data instanceof Type) return dtype as Dtype
  throw fail('ARGUMENT', {
    what: `tensor ${quote(name)}`,
    expected: Object.values(dtypes)
      .map((type) => type.name)
      .join(', '),
    got: Object.prototype.toString.call(data),
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
}
