/** The text format of the LightGCN reference data: per line a user and all items of that user, separated by spaces. */
import { scanLines } from './lines.ts'
import type { Loading } from './loading.ts'
import { excerpt } from './report.ts'
import { display, readBytes, type Source } from './source.ts'
import { ID } from './values.ts'

const decoder = new TextDecoder()
const NO_COLUMNS = { user: 0, item: 1, weight: -1, time: -1, event: -1 }

/** A line with a user and no items has no interactions, and is not bad: the reference data has such lines. */
export async function readLightGcn(source: Source, loading: Loading): Promise<void> {
  const file = display(source.file)
  loading.begin(file, NO_COLUMNS, (role) => role)
  await scanLines(file, readBytes(source.file), (bytes, start, end, line) => {
    const userStart = skip(bytes, start, end)
    const userEnd = word(bytes, userStart, end)
    for (let at = skip(bytes, userEnd, end); at < end;) {
      const itemEnd = word(bytes, at, end)
      loading.tally.rows++
      const outcome = loading.collector.addBytes(bytes, userStart, userEnd, at, itemEnd, 1, 0)
      if (outcome === 'badUser' || outcome === 'badItem') {
        const text = outcome === 'badUser' ? bytes.subarray(userStart, userEnd) : bytes.subarray(at, itemEnd)
        loading.tally.badRow(() => ({
          file,
          line,
          column: outcome === 'badUser' ? 'user' : 'item',
          expected: ID,
          got: excerpt(decoder.decode(text)),
        }))
      }
      at = skip(bytes, itemEnd, end)
    }
  })
}

function skip(bytes: Uint8Array, from: number, end: number): number {
  while (from < end && (bytes[from] === 32 || bytes[from] === 9)) from++
  return from
}

function word(bytes: Uint8Array, from: number, end: number): number {
  while (from < end && bytes[from] !== 32 && bytes[from] !== 9) from++
  return from
}
