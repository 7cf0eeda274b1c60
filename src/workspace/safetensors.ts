/** Reading and writing safetensors files, in pieces, so that a tensor is never held in memory twice. */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { replaceFile } from './atomic.ts'
import {
  damaged,
  emptyArray,
  encodeHeader,
  LENGTH_BYTES,
  MAX_HEADER,
  parseHeader,
} from './safetensors-header.ts'
import type { StoredTensor, TensorArray } from './safetensors-header.ts'
import { fail } from '../errors.ts'

export type { StoredTensor } from './safetensors-header.ts'

/** Bytes per read or write; hashing a piece holds up the event loop, for a few milliseconds. */
const PIECE = 4 << 20

/** What a file is known by: its size in bytes and its SHA-256 in hex. */
export interface Fingerprint {
  readonly bytes: number
  readonly sha256: string
}

export interface Safetensors {
  readonly tensors: Record<string, StoredTensor>
  readonly metadata: Record<string, string>
  readonly fingerprint: Fingerprint
}

/**
 * Writes `tensors` (and text `metadata`) to `path`, replacing it atomically; the file is on disk when the promise resolves.
 * Arrays may lie in shared memory; they must not change meanwhile. Returns the size and SHA-256 of what was written.
 *
 * @throws SHAPE when a shape does not have as many elements as its data; ARGUMENT on other array types or invalid names.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Promise<Fingerprint> {
  const { header, order } = encodeHeader(tensors, metadata)
  return replaceFile(path, async (handle) => {
    const hash = createHash('sha256')
    let bytes = 0
    for (const array of [header, ...order]) {
      await writeAll(handle, bytesOf(array), hash)
      bytes += array.byteLength
    }
    return { bytes, sha256: hash.digest('hex') }
  })
}

/**
 * Reads a whole safetensors file, of dtypes F64, F32, I32, U32 and U8, into arrays of its own.
 *
 * @throws MISSING when there is no such file; ARTEFACT when anything in it is not as the format demands.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause
    throw fail('MISSING', { what: `there is no file ${path}`, todo: 'Check the path.' }, { cause })
  })
  try {
    return await read(path, handle)
  } finally {
    await handle.close()
  }
}

async function read(path: string, handle: FileHandle): Promise<Safetensors> {
  const { size } = await handle.stat()
  const hash = createHash('sha256')
  const { entries, metadata, start } = await readHeader(path, handle, size, hash)
  const tensors: [string, StoredTensor][] = []
  for (const entry of entries) {
    const data = emptyArray(entry)
    await readAll(path, handle, bytesOf(data), start + entry.begin, hash)
    tensors.push([entry.name, { data, shape: entry.shape }])
  }
  const fingerprint = { bytes: size, sha256: hash.digest('hex') }
  return { tensors: Object.fromEntries(tensors), metadata, fingerprint }
}

/** The shape of each tensor of a file, whose data is not read. */
export async function readShapes(path: string): Promise<Record<string, readonly number[]>> {
  await using handle = await open(path, 'r')
  const { size } = await handle.stat()
  const { entries } = await readHeader(path, handle, size, createHash('sha256'))
  return Object.fromEntries(entries.map(({ name, shape }) => [name, shape]))
}

/** Also where the data begins. */
async function readHeader(path: string, handle: FileHandle, size: number, hash: Hash) {
  if (size < LENGTH_BYTES) throw damaged(path, `at least ${LENGTH_BYTES} bytes`, `${size} bytes`)
  const prefix = new Uint8Array(LENGTH_BYTES)
  await readAll(path, handle, prefix, 0, hash)
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true))
  const most = Math.min(MAX_HEADER, size - LENGTH_BYTES)
  if (length > most) throw damaged(path, `a header of at most ${most} bytes`, `a header length of ${length}`)
  const json = new Uint8Array(length)
  await readAll(path, handle, json, LENGTH_BYTES, hash)
  const start = LENGTH_BYTES + length
  return { ...parseHeader(path, json, size - start), start }
}

/** Size and SHA-256 of any file. */
export async function fingerprintFile(path: string): Promise<Fingerprint> {
  await using handle = await open(path, 'r')
  const hash = createHash('sha256')
  const buffer = new Uint8Array(1 << 20)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes)
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
    hash.update(buffer.subarray(0, bytesRead))
    bytes += bytesRead
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, hash: Hash): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, at + PIECE)
    const { bytesWritten } = await handle.write(piece, 0, piece.length)
    hash.update(piece.subarray(0, bytesWritten))
    at += bytesWritten
  }
}

async function readAll(
  path: string,
  handle: FileHandle,
  into: Uint8Array,
  from: number,
  hash: Hash,
): Promise<void> {
  for (let at = 0; at < into.length;) {
    const piece = into.subarray(at, at + PIECE)
    const { bytesRead } = await handle.read(piece, 0, piece.length, from + at)
    if (bytesRead === 0)
      throw damaged(path, `${into.length} bytes at byte ${from}`, `the end of the file after ${at}`)
    hash.update(piece.subarray(0, bytesRead))
    at += bytesRead
  }
}

function bytesOf(array: TensorArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
