/** How sizes, times and ids are written for people. */
import { grouped } from '../evaluate/numbers.ts'
import type { DriftRecord } from '../workspace/drifts.ts'

/** 0.42 s, 12.3 s, 4 min 10 s, 2 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`
  const s = Math.round(seconds)
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60).toLocaleString('en-US')} h ${minutes % 60} min`
}

/** A time that is not known better: 0.2 s, 3 min, 5 h, 12 days. */
export function roughly(seconds: number): string {
  const units = [
    ['days', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const
  const [unit, size] = units.find(([, length]) => seconds >= 2 * length) ?? (['s', 1] as const)
  if (seconds < 0.1) return 'under 0.1 s'
  return `${Number((seconds / size).toPrecision(seconds / size < 10 ? 1 : 2)).toLocaleString('en-US')} ${unit}`
}

/** 12 KiB, 3.4 MiB, 1.2 GiB. */
export function bytes(n: number): string {
  if (n < 2 ** 20) return `${Math.ceil(n / 2 ** 10)} KiB`
  if (n < 2 ** 30) return `${(n / 2 ** 20).toFixed(n < 10 * 2 ** 20 ? 1 : 0)} MiB`
  return `${(n / 2 ** 30).toFixed(1)} GiB`
}

/** `1 user`, `2,000 users`. */
export function counted(n: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(n)} ${n === 1 ? singular : plural}`
}

/** 1998-04-22 */
export function day(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString().slice(0, 10)
}

/** 2026-01-31 12:30 UTC, of a time in ISO 8601; nothing of nothing. */
export function moment(iso: string): string {
  return iso === '' ? '' : `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

/** An argument as one would type it in a POSIX shell. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Columns aligned to the left where `left` says so, else to the right. */
export function columns(rows: readonly (readonly string[])[], left: readonly boolean[], indent = ''): string {
  const widths = left.map((_, c) => Math.max(...rows.map((row) => [...(row[c] ?? '')].length)))
  const pad = (text: string, c: number): string => {
    const fill = ' '.repeat(Math.max(0, (widths[c] ?? 0) - [...text].length))
    return left[c] ? text + fill : fill + text
  }
  return rows.map((row) => `${indent}${row.map(pad).join('  ')}`.trimEnd() + '\n').join('')
}

/** Sources for a title: a few by name. */
export function nameSources(sources: readonly string[]): string {
  return sources.length <= 3 ? sources.join(', ') : `${sources[0]} and ${sources.length - 1} more`
}

/** What a new version has to do with the one before. */
export function alignmentFact({ against, reason }: DriftRecord): string {
  return reason === undefined
    ? `Its vectors are turned onto those of version ${against}, so that what stands on them goes on: homophily models drift.`
    : `Not turned onto version ${against}: ${reason}.`
}
