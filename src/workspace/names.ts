/** Names of models and checkpoints, which become names of files, and numbers of versions, which become directories. */
import { fail, quote } from '../errors.ts'

export const namePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/
const versionDirectory = /^[0-9]{6,15}$/

export function checkName(value: string): void {
  if (isName(value)) return
  throw fail('ARGUMENT', {
    what: 'name',
    expected:
      '1 to 100 letters (A-Z, a-z), digits, dots, underscores or hyphens, the first a letter, digit or underscore',
    got: quote(value),
  })
}

export function isName(value: string): boolean {
  return namePattern.test(value)
}

/** 7 is kept in `000007`, so that names sort as numbers do. */
export function directoryOf(version: number): string {
  return String(version).padStart(6, '0')
}

/** The version numbers among names, in order. */
export function versionsAmong(names: readonly string[]): number[] {
  return names
    .filter((entry) => versionDirectory.test(entry))
    .map(Number)
    .sort((a, b) => a - b)
}
