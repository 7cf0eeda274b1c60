/** Cursors of pages: opaque to clients, checked when they come back. */
import { fail } from '../errors.ts'

export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** @throws ARGUMENT for what no page gave. `check` says whether the value is one. */
export function decodeCursor<T>(text: string, check: (value: unknown) => value is T): T {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    value = undefined
  }
  if (check(value)) return value
  throw fail('ARGUMENT', {
    what: 'cursor',
    expected: 'what `next` of the page before said',
    got: text.slice(0, 40),
  })
}
