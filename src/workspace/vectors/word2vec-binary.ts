/**
 * word2vec binary: a line with the number of vectors and their size, then for each the id, a space, and its numbers as
 * little-endian float32. A newline may follow each vector (the original program writes one, gensim none).
 */
import { fail } from '../../errors.ts'
import { excerpt } from '../../data/report.ts'
import { display, readBytes } from '../../data/source.ts'
import { replaceFile } from '../atomic.ts'
import { escapeId, unescapeId } from './escape.ts'
import { checkDim, idText, notFinite, VectorBuilder, type Vectors } from './vectors.ts'

const NEWLINE = 10
const SPACE = 32
const MAX_HEADER = 64
const MAX_ID = 1 << 20
const decoder = new TextDecoder()

export async function writeWord2vecBinary(path: string, { nodes, dim, data }: Vectors): Promise<void> {
  await replaceFile(path, async (handle) => {
    let pieces: Uint8Array[] = [Buffer.from(`${nodes.size} ${dim}\n`)]
    let size = 0
    for (let row = 0; row < nodes.size; row++) {
      const vector = data.slice(row * dim, (row + 1) * dim)
      pieces.push(Buffer.from(`${escapeId(nodes.id(row))} `), new Uint8Array(vector.buffer), newline)
      size += 4 * dim
      if (size < 1 << 20) continue
      await handle.writeFile(Buffer.concat(pieces))
      pieces = []
      size = 0
    }
    await handle.writeFile(Buffer.concat(pieces))
  })
}

const newline = Uint8Array.of(NEWLINE)

/** Reads what {@link writeWord2vecBinary} and other tools write. May be compressed. */
export async function readWord2vecBinary(path: string): Promise<Vectors> {
  const file = display(path)
  const chunks = readBytes(path)[Symbol.asyncIterator]()
  let buffer: Uint8Array = new Uint8Array(0)
  let at = 0
  const more = async (): Promise<boolean> => {
    const next = await chunks.next()
    if (next.done) return false
    buffer = at === buffer.length ? next.value : Buffer.concat([buffer.subarray(at), next.value])
    at = 0
    return true
  }
  try {
    while (buffer.indexOf(NEWLINE) < 0 && buffer.length < MAX_HEADER && (await more())) continue
    const end = buffer.subarray(0, MAX_HEADER).indexOf(NEWLINE)
    const text = decoder.decode(buffer.subarray(0, end < 0 ? MAX_HEADER : end))
    const header = /^(\d+) (\d+)\r?$/.exec(text)
    if (end < 0 || !header) {
      const expected = 'the number of vectors and their size, such as "1000 128"'
      throw fail('DATA', { file, line: 1, expected, got: buffer.length === 0 ? 'nothing' : excerpt(text) })
    }
    const [count, dim] = [Number(header[1]), Number(header[2])]
    checkDim(dim, { file, line: 1 })
    at = end + 1
    const builder = new VectorBuilder(dim, count)
    const size = 4 * dim
    while (builder.size < count) {
      while (at < buffer.length && buffer[at] === NEWLINE) at++
      const space = buffer.indexOf(SPACE, at)
      if (space < 0 ? buffer.length - at > MAX_ID : space - at > MAX_ID) {
        throw fail('DATA', {
          file,
          expected: `${vector(builder)}: a space after its id`,
          got: 'none in 1 MiB',
        })
      }
      if (space < 0 || buffer.length - space - 1 < size) {
        if (await more()) continue
        const expected = `${count} vectors, as the first line says`
        throw fail('DATA', { file, expected, got: `the end of the file after ${builder.size}` })
      }
      const id = unescapeId(idText(buffer.subarray(at, space), { file }))
      if (space === at)
        throw fail('DATA', { file, expected: `${vector(builder)}: an id`, got: 'none before the space' })
      const out = builder.add(id, { file })
      new Uint8Array(out.buffer, out.byteOffset, size).set(buffer.subarray(space + 1, space + 1 + size))
      const wrong = out.findIndex((value) => !Number.isFinite(value))
      if (wrong >= 0) throw notFinite({ file }, id, wrong, String(out[wrong]))
      at = space + 1 + size
    }
    do {
      for (; at < buffer.length; at++) {
        if (buffer[at] === NEWLINE) continue
        throw fail('DATA', { file, expected: `the end after ${count} vectors`, got: 'more bytes' })
      }
    } while (await more())
    return builder.finish(file)
  } finally {
    await chunks.return?.(undefined)
  }
}

function vector({ size }: VectorBuilder): string {
  return `for vector ${size + 1}`
}
