/**
 * One table of errors. Every error homophily throws on purpose is a {@link HomophilyError} made by {@link fail} from a
 * row of this table: a stable code, an HTTP status, and a message that says what was expected, what came and what to do.
 */
const table = {
  /** A matrix or array has the wrong shape. */
  SHAPE: [
    500,
    (p: { op: string; expected: string; got: string }) => `${p.op}: expected ${p.expected}, got ${p.got}`,
  ],
  /** An argument is outside its domain. */
  ARGUMENT: [
    400,
    (p: { what: string; expected: string; got: string }) => `${p.what}: expected ${p.expected}, got ${p.got}`,
  ],
  /** A configuration key or value is wrong. `details` lists each problem with the valid names. */
  CONFIG: [400, (p: { what: string; details: string }) => `${p.what}: ${p.details}`],
  /** A name is not known; the nearest valid ones are listed. */
  UNKNOWN_NAME: [
    404,
    (p: { kind: string; name: string; known: Iterable<string> }) =>
      `unknown ${p.kind} ${quote(p.name)}${suggest(p.name, p.known)}`,
  ],
  /** An input file cannot be read as what it should be. */
  DATA: [
    400,
    (p: { file: string; line?: number; column?: string; expected: string; got: string }) =>
      `${p.file}${p.line === undefined ? '' : `:${p.line}`}${p.column === undefined ? '' : `, column ${quote(p.column)}`}: expected ${p.expected}, got ${p.got}`,
  ],
  /** The file lacks a needed column. */
  MISSING_COLUMN: [
    400,
    (p: {
      file: string
      column: string
      candidates: readonly string[]
      columns: readonly string[]
      flag: string
    }) =>
      `${p.file}: no ${p.column} column (looked for ${p.candidates.join(', ')}); the file has ${p.columns.map(quote).join(', ') || 'no columns'}. Name it with ${p.flag}.`,
  ],
  /** Nothing to work on. */
  EMPTY: [400, (p: { what: string; todo: string }) => `${p.what}. ${p.todo}`],
  /** The job does not fit this machine. */
  TOO_LARGE: [
    413,
    (p: { what: string; needs: string; has: string; todo: string }) =>
      `${p.what} needs ${p.needs}, but ${p.has} is available. ${p.todo}`,
  ],
  /** A stored artefact is damaged or was written by something this version does not understand. */
  ARTEFACT: [
    500,
    (p: { path: string; expected: string; got: string; todo: string }) =>
      `${p.path}: expected ${p.expected}, got ${p.got}. ${p.todo}`,
  ],
  /** Something needed is not there (a backend, a file, a model). */
  MISSING: [404, (p: { what: string; todo: string }) => `${p.what}. ${p.todo}`],
  /** What was asked for does not go with the state that things are in. */
  CONFLICT: [
    409,
    (p: { what: string; expected: string; got: string }) => `${p.what}: expected ${p.expected}, got ${p.got}`,
  ],
  /** The caller cancelled. */
  CANCELLED: [499, (p: { what: string }) => `${p.what} was cancelled`],
  /** Numbers left their domain during training. */
  DIVERGED: [500, (p: { what: string; todo: string }) => `${p.what}. ${p.todo}`],
} as const satisfies Record<string, readonly [number, (p: never) => string]>

export type ErrorCode = keyof typeof table
type Params<C extends ErrorCode> = Parameters<(typeof table)[C][1]>[0]

/** An error with a stable `code`, an HTTP `status`, and a message for people. */
export class HomophilyError extends Error {
  readonly code: ErrorCode
  readonly status: number
  constructor(code: ErrorCode, status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HomophilyError'
    this.code = code
    this.status = status
  }
}

/** Makes (does not throw) the error of row `code`. */
export function fail<C extends ErrorCode>(
  code: C,
  params: Params<C>,
  options?: ErrorOptions,
): HomophilyError {
  const [status, message] = table[code] as unknown as readonly [number, (p: Params<C>) => string]
  return new HomophilyError(code, status, message(params), options)
}

export function quote(text: string): string {
  return JSON.stringify(text)
}

/** `, did you mean "a", "b"?`: at most five known names nearest to `name` in edit distance; searches at most 200,000. */
function suggest(name: string, known: Iterable<string>): string {
  const scored: { name: string; distance: number }[] = []
  let seen = 0
  for (const candidate of known) {
    if (++seen > 200_000) break
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), Math.max(3, name.length >> 1))
    scored.push({ name: candidate, distance })
    if (scored.length > 4096) shrink(scored)
  }
  if (seen === 0) return '; there are none'
  shrink(scored)
  const label = seen <= 5 ? 'known: ' : 'nearest: '
  return `; ${label}${scored
    .slice(0, 5)
    .map((s) => quote(s.name))
    .join(', ')}`
}

function shrink(scored: { name: string; distance: number }[]): void {
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  scored.length = Math.min(scored.length, 5)
}

/** Levenshtein distance, cut off at `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let best = i
    for (let j = 1; j <= b.length; j++) {
      const cost = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1
      const d = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost)
      row.push(d)
      if (d < best) best = d
    }
    if (best > limit) return limit + 1
    previous = row
  }
  return previous[b.length]
}
