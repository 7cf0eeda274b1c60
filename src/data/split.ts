/**
 * Dividing interactions into train, validation and test. All parts share the vocabularies of the whole, so a row number means the
 * same user or item in each, and no pair is in two parts.
 */
import { fail } from '../errors.ts'
import type { Random } from '../random.ts'
import type { Interactions } from './interactions.ts'
import { entriesOf, inVocabularies } from './subset.ts'

export interface Split {
  readonly train: Interactions
  /** Null when none was asked for. */
  readonly validation: Interactions | null
  readonly test: Interactions | null
  /** What whoever reads the figures should know. */
  readonly warnings: readonly string[]
}

export interface Shares {
  /** Share of the entries, from 0 (none) to below 1. */
  readonly test: number
  readonly validation?: number
}

const TRAIN = 0
const VALIDATION = 1
const TEST = 2

/**
 * Everything before one moment is train, everything from then on is test (and, before that, validation): what a model would have
 * known on that day. Entries of the same time stay together, so shares are met as nearly as the times allow.
 */
export function splitGlobalTime(interactions: Interactions, shares: Shares = { test: 0.1 }): Split {
  const times = timesOf(interactions, 'A global time split')
  const { test, validation } = checkShares(shares)
  const sorted = times.slice().sort()
  const testFrom = moment(sorted, sorted.length, test)
  const before = test > 0 ? lowerBound(sorted, testFrom) : sorted.length
  const validationFrom = moment(sorted, before, (validation * sorted.length) / Math.max(1, before))
  const parts = Uint8Array.from(times, (t) =>
    t >= testFrom ? TEST : t >= validationFrom ? VALIDATION : TRAIN,
  )
  const split = assemble(interactions, parts, validation > 0, test > 0, [])
  return { ...split, warnings: coldStart(split) }
}

/** The time from which on about `share` of the first `n` sorted times lie: of the two possible cuts the nearer one, never at the very start. */
function moment(sorted: Float64Array, n: number, share: number): number {
  if (share === 0) return Infinity
  const wanted = Math.round(n * (1 - share))
  const t = sorted[Math.min(wanted, n - 1)]
  const from = lowerBound(sorted, t)
  let after = wanted
  while (after < n && sorted[after] === t) after++
  const cut = from > 0 && (after >= n || wanted - from <= after - wanted) ? from : after
  if (cut > 0 && cut < n) return sorted[cut]
  throw fail('EMPTY', {
    what: `A global time split of ${n} entries leaves one side empty`,
    todo: 'All of them are at the same time, or there are too few. Use a ratio split.',
  })
}

function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Each user's last entry is test (with `validation`, the one before it validation). Users with fewer than 2 (3) entries stay in
 * train. Of entries at the same time the one with the larger item row counts as later.
 */
export function splitLeaveLastOut(
  interactions: Interactions,
  { validation = false }: { readonly validation?: boolean } = {},
): Split {
  const times = timesOf(interactions, 'Leave-last-out')
  const { matrix } = interactions
  const parts = new Uint8Array(matrix.nnz)
  for (let u = 0; u < matrix.rows; u++) {
    const [from, to] = [matrix.indptr[u], matrix.indptr[u + 1]]
    if (to - from < (validation ? 3 : 2)) continue
    let last = -1
    let previous = -1
    for (let e = from; e < to; e++) {
      if (last < 0 || times[e] >= times[last]) {
        previous = last
        last = e
      } else if (previous < 0 || times[e] >= times[previous]) previous = e
    }
    parts[last] = TEST
    if (validation) parts[previous] = VALIDATION
  }
  const split = assemble(interactions, parts, validation, true, [])
  return {
    ...split,
    warnings: [
      'Leave-last-out trains on entries that are later than the test entries of other users; a global time split does not.',
      ...coldStart(split),
    ],
  }
}

/**
 * The given shares of every user's entries, at random, rounded to whole entries; at least one stays in train. Depends on the seed
 * and the rows only.
 */
export function splitRatio(interactions: Interactions, shares: Shares & { readonly rng: Random }): Split {
  const { test, validation } = checkShares(shares)
  const { matrix } = interactions
  const parts = new Uint8Array(matrix.nnz)
  const rng = shares.rng.stream('split')
  for (let u = 0; u < matrix.rows; u++) {
    const from = matrix.indptr[u]
    const degree = matrix.degree(u)
    const order = rng.shuffle(Uint32Array.from({ length: degree }, (_, k) => from + k))
    const tests = Math.min(Math.round(degree * test), Math.max(0, degree - 1))
    const validations = Math.min(Math.round(degree * validation), Math.max(0, degree - 1 - tests))
    for (let k = 0; k < tests; k++) parts[order[k]] = TEST
    for (let k = tests; k < tests + validations; k++) parts[order[k]] = VALIDATION
  }
  const split = assemble(interactions, parts, validation > 0, test > 0, [])
  const leak =
    'A random split lets models learn from what happened after the test entries (leakage); the data has timestamps, so a global time split is the honest one.'
  return { ...split, warnings: [...(interactions.times ? [leak] : []), ...coldStart(split)] }
}

/**
 * Parts that come as files of their own. Test and validation are put into train's rows; pairs with users or items that train
 * lacks are left out, and so are pairs that are in train already (and test pairs that are in validation). The warnings count them.
 */
export function splitGiven(
  train: Interactions,
  test: Interactions | null,
  validation: Interactions | null = null,
): Split {
  const warnings: string[] = []
  const place = (
    part: Interactions,
    name: string,
    others: readonly [Interactions, string][],
  ): Interactions => {
    const { interactions, unknown } = inVocabularies(part, train)
    if (unknown > 0)
      warnings.push(`${unknown} ${name} entries have a user or item that train lacks, and are left out.`)
    const { matrix } = interactions
    const parts = new Uint8Array(matrix.nnz)
    for (const [other, otherName] of others) {
      let both = 0
      for (let u = 0; u < matrix.rows; u++) {
        for (let e = matrix.indptr[u]; e < matrix.indptr[u + 1]; e++) {
          if (parts[e] === 0 && other.matrix.has(u, matrix.indices[e])) {
            parts[e] = 1
            both++
          }
        }
      }
      if (both > 0)
        warnings.push(`${both} ${name} entries are also in ${otherName}, and are left out of ${name}.`)
    }
    const kept = parts.includes(1) ? entriesOf(interactions, parts, 0) : interactions
    if (kept.matrix.nnz > 0) return kept
    throw fail('EMPTY', {
      what: `No ${name} entry is left of ${part.matrix.nnz}: they have users or items that train lacks, or are in train`,
      todo: 'Check that the files use the same ids and are not the same data.',
    })
  }
  const placedValidation = validation && place(validation, 'validation', [[train, 'train']])
  const others: [Interactions, string][] = [[train, 'train']]
  if (placedValidation) others.push([placedValidation, 'validation'])
  return { train, validation: placedValidation, test: test && place(test, 'test', others), warnings }
}

/** The rule when nobody says otherwise: by global time where there are timestamps, else a ratio per user. */
export function splitDefault(interactions: Interactions, shares: Shares & { readonly rng: Random }): Split {
  return interactions.times ? splitGlobalTime(interactions, shares) : splitRatio(interactions, shares)
}

function assemble(
  interactions: Interactions,
  parts: Uint8Array,
  withValidation: boolean,
  withTest: boolean,
  warnings: readonly string[],
): Split {
  const pick = (part: number, name: string): Interactions => {
    const picked = entriesOf(interactions, parts, part)
    if (picked.matrix.nnz > 0) return picked
    throw fail('EMPTY', {
      what: `The split of ${interactions.matrix.nnz} entries leaves none for ${name}`,
      todo: 'Change the shares or give more data.',
    })
  }
  return {
    train: pick(TRAIN, 'train'),
    validation: withValidation ? pick(VALIDATION, 'validation') : null,
    test: withTest ? pick(TEST, 'test') : null,
    warnings,
  }
}

/** Says how much of the test part no model can know from train. */
function coldStart({ train, test }: Split): string[] {
  if (!test) return []
  const items = train.matrix.transposed
  let entries = 0
  for (let u = 0; u < test.matrix.rows; u++) {
    for (const item of test.matrix.row(u))
      if (train.matrix.degree(u) === 0 || items.degree(item) === 0) entries++
  }
  if (entries === 0) return []
  return [`${entries} of ${test.matrix.nnz} test entries have a user or an item without any train entry.`]
}

function timesOf(interactions: Interactions, what: string): Float64Array {
  if (interactions.times) return interactions.times
  throw fail('MISSING', {
    what: `${what} needs timestamps, and the interactions have none`,
    todo: 'Name the time column (--time-column), or use a ratio split.',
  })
}

function checkShares({ test, validation = 0 }: Shares): { test: number; validation: number } {
  for (const [name, share] of Object.entries({ test, validation })) {
    if (!(share >= 0 && share < 1)) {
      throw fail('ARGUMENT', {
        what: `split, ${name}`,
        expected: 'a share from 0 to below 1',
        got: String(share),
      })
    }
  }
  if (test + validation >= 1) {
    throw fail('ARGUMENT', {
      what: 'split',
      expected: 'test and validation shares below 1 together',
      got: String(test + validation),
    })
  }
  return { test, validation }
}
