/** A body that is a file: kept in a temporary folder while it is worked with, since it is read more than once. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fail } from '../errors.ts'

/** Calls `work` with the path of a folder of its own, which is gone when it is done. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'homophily-file-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Calls `work` with the path of the body's bytes. @throws TOO_LARGE for more than `most` of them. */
export function withBody<T>(body: Readable, most: number, work: (path: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const path = join(folder, 'body')
    let bytes = 0
    const limit = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        bytes += chunk.length
        if (bytes <= most) return done(null, chunk)
        done(
          fail('TOO_LARGE', {
            what: 'the file',
            needs: `more than ${most} bytes`,
            has: `room for ${most}`,
            todo: 'Send it in parts, or use `homophily import` beside the server.',
          }),
        )
      },
    })
    await pipeline(body, limit, createWriteStream(path))
    return work(path)
  })
}
