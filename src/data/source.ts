/** Where input comes from: paths, globs, standard input; which format; decompressed bytes. */
import { createReadStream, existsSync, globSync, statSync } from 'node:fs'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { fail } from '../errors.ts'

export type Format = 'csv' | 'tsv' | 'jsonl' | 'parquet' | 'lightgcn'
export const formats: readonly Format[] = ['csv', 'tsv', 'jsonl', 'parquet', 'lightgcn']

export interface Source {
  /** A path, or `-` for standard input. */
  readonly file: string
  readonly format: Format
}

/** Endings of the names of files with columns. */
export const rowExtensions = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  pq: 'parquet',
} as const
const extensions: Readonly<Record<string, Format>> = { ...rowExtensions, txt: 'lightgcn' }

/** Expands globs (their files sorted by name) and finds each file's format. A file that exists is taken as it is, whatever its name. */
export function resolveSources(source: string | readonly string[], format: Format | undefined): Source[] {
  const patterns = typeof source === 'string' ? [source] : source
  if (patterns.length === 0) {
    throw fail('EMPTY', {
      what: 'No input file is given',
      todo: 'Name a file, a glob, or - for standard input.',
    })
  }
  return patterns.flatMap((pattern) =>
    expand(pattern).map((file) => ({ file, format: format ?? formatByName(file, extensions, formats) })),
  )
}

function expand(pattern: string): string[] {
  if (pattern === '-') return ['-']
  if (existsSync(pattern)) {
    if (!statSync(pattern).isDirectory()) return [pattern]
    throw fail('DATA', {
      file: pattern,
      expected: 'a file',
      got: `a folder; name its files, such as ${pattern}/*.csv`,
    })
  }
  const isGlob = /[*?[{]/.test(pattern)
  const files = isGlob ? globSync(pattern).filter((file) => statSync(file).isFile()) : []
  if (files.length === 0) {
    throw fail('MISSING', {
      what: isGlob ? `No file matches ${pattern}` : `There is no file ${pattern}`,
      todo: isGlob ? 'Check the pattern, and quote it so that the shell leaves it alone.' : 'Check the path.',
    })
  }
  return files.sort()
}

/** The format of a file by the ending of its name, one of `extensions`; all that there are, for standard input, are `formats`. */
export function formatByName<F extends string>(
  file: string,
  extensions: Readonly<Record<string, F>>,
  formats: readonly F[],
): F {
  if (file === '-') {
    throw fail('DATA', {
      file: 'standard input',
      expected: `a format (--format ${formats.join('|')})`,
      got: 'none, and there is no file name to tell it from',
    })
  }
  const name = file.toLowerCase().replace(/\.(gz|zst)$/, '')
  const extension = name.slice(name.lastIndexOf('.') + 1)
  const format = Object.hasOwn(extensions, extension) ? extensions[extension] : undefined
  if (format) return format
  throw fail('DATA', {
    file,
    expected: `a name ending in ${Object.keys(extensions)
      .map((e) => `.${e}`)
      .join(', ')} (each text format also with .gz or .zst)`,
    got: 'another ending; say what it is with --format',
  })
}

/** The name of a source in messages. */
export function display(file: string): string {
  return file === '-' ? 'standard input' : file
}

const CHUNK = 1 << 20

/** The bytes of a source, decompressed if they start like gzip or Zstandard, without a UTF-8 byte order mark. */
export async function* readBytes(file: string): AsyncGenerator<Uint8Array> {
  const raw = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK })
  let unpacker: ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress> | undefined
  try {
    const [head, rest] = await peek(raw as AsyncIterable<Uint8Array>, 4)
    if (head[0] === 0x1f && head[1] === 0x8b) unpacker = createGunzip({ chunkSize: CHUNK })
    else if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) {
      unpacker = createZstdDecompress({ chunkSize: CHUNK })
    }
    if (!unpacker) {
      yield* withoutMark(file, rest)
      return
    }
    const feeding = feed(rest, unpacker)
    yield* withoutMark(file, unpacker as AsyncIterable<Uint8Array>)
    await feeding
  } catch (error) {
    throw explain(file, error)
  } finally {
    unpacker?.destroy()
    if (file !== '-') raw.destroy()
  }
}

/** Writes `chunks` into `unpacker`, as fast as it takes them. Errors surface where the unpacker is read. */
async function feed(
  chunks: AsyncIterable<Uint8Array>,
  unpacker: NodeJS.WritableStream & { destroy(e?: Error): unknown; destroyed: boolean },
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (unpacker.destroyed) return
      if (!unpacker.write(chunk)) {
        await new Promise<void>((resolve) => {
          const done = (): void => {
            unpacker.off('drain', done).off('close', done)
            resolve()
          }
          unpacker.on('drain', done).on('close', done)
        })
      }
    }
    unpacker.end()
  } catch (error) {
    unpacker.destroy(error as Error)
  }
}

/** The first chunk(s), at least `size` bytes unless there are fewer, and everything including them. */
export async function peek(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): Promise<[Uint8Array, AsyncGenerator<Uint8Array>]> {
  const iterator = chunks[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < size) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return [head, chain(head, iterator)]
}

async function* chain(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

async function* withoutMark(file: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const [head, rest] = await peek(chunks, 3)
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw fail('DATA', {
      file: display(file),
      line: 1,
      expected: 'UTF-8 text',
      got: 'UTF-16; save it as UTF-8',
    })
  }
  let first = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  for await (const chunk of rest) {
    yield first ? chunk.subarray(3) : chunk
    first = false
  }
}

function explain(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code?.startsWith('Z_') || code?.startsWith('ZSTD_') || code === 'ERR_BUFFER_TOO_LARGE') {
    return fail(
      'DATA',
      { file: display(file), expected: 'an intact compressed file', got: message },
      { cause: error },
    )
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return fail('DATA', { file, expected: 'a file that may be read', got: 'no permission' }, { cause: error })
  }
  return error
}
