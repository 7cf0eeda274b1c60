/** Files that commands write: whole or not at all, and checked before long work begins. */
import { dirname, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fail } from '../errors.ts'
import { isDirectory, replaceFile, replaceText } from '../workspace/atomic.ts'

/** Throws where a file could not be written for want of its folder; before training, not after it. */
export async function checkTargets(...paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    if (path === undefined) continue
    const folder = dirname(resolve(path))
    if (!(await isDirectory(folder))) {
      throw fail('MISSING', {
        what: `there is no folder ${folder} to write ${path} into`,
        todo: 'Create it or name another.',
      })
    }
    if (await isDirectory(resolve(path))) {
      throw fail('ARGUMENT', { what: path, expected: 'a file to write', got: 'a folder' })
    }
  }
}

export async function writeWhole(path: string, text: string): Promise<void> {
  await replaceText(resolve(path), text)
}

/** {@link writeWhole} for what does not fit memory at once. */
export async function writePieces(
  path: string,
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  await replaceFile(resolve(path), async (handle) => {
    for await (const piece of pieces) await handle.appendFile(piece)
  })
}

/** The pieces of a file, compressed one by one if its name ends in .gz: gzip streams may follow one another. */
export function* compressed(path: string, pieces: Iterable<string>): Generator<string | Uint8Array> {
  const zip = path.toLowerCase().endsWith('.gz')
  for (const piece of pieces) yield zip ? gzipSync(piece) : piece
}
