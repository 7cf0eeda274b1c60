/** JSON that keeps what it is given: what JSON would change in silence (NaN, typed arrays, Maps, bigints) is refused. */
import { readFile } from 'node:fs/promises'
import { isAbsence } from './atomic.ts'
import { fail } from '../errors.ts'

/** `value` as JSON text; `what` names it in errors. Properties that are undefined are left out, as JSON does. */
export function toJson(value: unknown, what: string): string {
  check(value, what)
  return JSON.stringify(value)
}

/** Parses a JSON file; undefined when there is none, ARTEFACT with `todo` when it is not JSON. */
export async function readJson(path: string, todo: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw fail(
      'ARTEFACT',
      { path, expected: 'JSON', got: text === '' ? 'an empty file' : 'something else', todo },
      { cause },
    )
  }
}

function check(value: unknown, at: string): void {
  const got = unfaithful(value)
  if (got !== undefined) {
    throw fail('ARGUMENT', {
      what: at,
      expected: 'plain JSON (objects, arrays, text, finite numbers, booleans, null)',
      got,
    })
  }
  if (Array.isArray(value)) value.forEach((element, i) => check(element, `${at}[${i}]`))
  else if (typeof value === 'object' && value !== null) {
    for (const [key, property] of Object.entries(value))
      if (property !== undefined) check(property, `${at}.${key}`)
  }
}

function unfaithful(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || Array.isArray(value))
    return undefined
  if (typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return undefined
  return Object.prototype.toString.call(value)
}
