/** Cuts text into lines without their line ends, a chunk at a time. */
import { fail } from '../errors.ts'

const NEWLINE = 10
const RETURN = 13
const MAX_LINE = 1 << 28

/**
 * Calls `visit(bytes, start, end, line)` for every line, from 1; the bytes are valid until it returns. `pause` is waited for before more is
 * read, some thousands of lines later.
 */
export async function scanLines(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  visit: (bytes: Uint8Array, start: number, end: number, line: number) => void,
  pause?: () => Promise<void>,
): Promise<void> {
  let carry: Uint8Array[] = []
  let carried = 0
  let line = 1
  const emit = (bytes: Uint8Array, start: number, end: number): void => {
    visit(bytes, start, end > start && bytes[end - 1] === RETURN ? end - 1 : end, line++)
  }
  for await (const chunk of chunks) {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      if (end < 0) break
      if (carried > 0) {
        const whole = Buffer.concat([...carry, chunk.subarray(0, end)])
        carry = []
        carried = 0
        emit(whole, 0, whole.length)
      } else emit(chunk, start, end)
      start = end + 1
    }
    if (start < chunk.length) {
      carry.push(chunk.slice(start))
      carried += chunk.length - start
      if (carried > MAX_LINE) {
        throw fail('DATA', { file, line, expected: 'a line end within 256 MiB', got: 'none' })
      }
    }
    await pause?.()
  }
  if (carried > 0) {
    const whole = Buffer.concat(carry)
    emit(whole, 0, whole.length)
  }
}
