/**
 * An audience of users like the seeds, and how far it can be believed. Seeds are never in it, nor are suppressed users; among equal
 * scores the lower row comes first.
 *
 * Quality is the recall of seeds that were held out, in k folds: how many of them an audience of each size would have found, beside
 * a random audience and the most active users. Suppressing a seed changes nothing, since seeds are not in the audience anyway.
 *
 * A size is a number of users, or a name that the seeds themselves give a meaning: `narrow`, `balanced` and `broad` are the smallest
 * audiences that find a quarter, half and three quarters of the held-out seeds. In other words, they reach as far as the closest
 * quarter, half, three quarters of the seeds are from the others. Where seeds have nothing in common, that is far: half of everybody.
 */
import { fail } from '../../errors.ts'
import type { Random } from '../../random.ts'
import { inRegion, type Job } from '../../train/run.ts'
import type { Space } from '../space.ts'
import { type LookalikeMethod, lookalikeMethods } from './methods.ts'
import { bestRows } from './ranking.ts'
import { type HeldOutRecall, measureRecall } from './recall.ts'
import { type SeedScores, centredRows } from './rows.ts'
import { divide, type Folds } from './seeds.ts'

/** Recall of held-out seeds that each named size aims at. */
export const sizeTargets = { narrow: 0.25, balanced: 0.5, broad: 0.75 } as const
export type SizeName = keyof typeof sizeTargets

export interface LookalikeOptions {
  readonly method: LookalikeMethod
  /** Users, or a name. */
  readonly size: number | SizeName
  /** Rows never to be in the audience. */
  readonly suppressed: Int32Array
  /** How much each row did, for the curve of popularity; null where it is not known. */
  readonly activity: Float32Array | null
  /** Whether to work out the curve. */
  readonly curve: boolean
  /** Sizes that the curve has to have, whatever others it has. */
  readonly at?: readonly number[]
  /** At most. Default 5. */
  readonly folds?: number
  readonly rng: Random
}

export interface RecallCurve {
  readonly folds: number
  /** Audience sizes, ascending. */
  readonly sizes: readonly number[]
  /** Expected recall of held-out seeds at each size: of the method, of a random audience, of the most active users. */
  readonly recall: readonly number[]
  readonly random: readonly number[]
  readonly popularity: readonly number[] | null
}

export interface Lookalike {
  /** The audience, most alike first. */
  readonly rows: Int32Array
  /** Cosines, or probabilities where the method is the classifier. */
  readonly scores: Float32Array
  /** Users who could be in it: all but seeds and suppressed ones. */
  readonly candidates: number
  /** What the names mean here; null with a single seed, of which none can be held out. */
  readonly sizes: Readonly<Record<SizeName, number>> | null
  /** Null where it was not asked for, and with a single seed. */
  readonly curve: RecallCurve | null
}

const FOLDS = 5

/**
 * The audience of `seeds`, rows of `space` (each once).
 *
 * @throws EMPTY without seeds and where nobody is left; ARGUMENT for a named size with a single seed, and for a size below 1.
 */
export function* lookalike(space: Space, seeds: Int32Array, options: LookalikeOptions): Job<Lookalike> {
  const { method, size, at = [], folds: count = FOLDS, rng } = options
  const excluded = exclusions(space, seeds, options.suppressed)
  const candidates = check(space, seeds, excluded, size)
  const named = typeof size === 'string'
  // The classifier estimates its probabilities on held-out seeds.
  const measured = named || options.curve || method === 'classifier'
  const folds = divide(seeds, measured ? count : 0, rng)
  function* score(): Job<SeedScores> {
    return yield* lookalikeMethods[method](centredRows(space), folds)
  }
  const { sets, shown } = yield* inRegion(score(), ({ sets, shown }) => ({
    sets: sets.map((set) => Float32Array.from(set)),
    shown,
  }))
  const recall =
    folds.count > 0 && (named || options.curve) ? yield* measureRecall(sets, excluded, folds) : null
  const sizes = recall && namedSizes(recall, candidates)
  const n = Math.min(typeof size === 'number' ? size : sizes![size], candidates)
  const curve =
    recall && options.curve
      ? yield* curveOf(recall, curveSizes(candidates, [n, ...at]), options.activity, excluded, folds)
      : null
  for (const row of seeds) excluded[row] = 1
  const rows = bestRows(sets.at(-1)!, excluded, n)
  const last = sets.at(-1)!
  return {
    rows,
    scores: Float32Array.from(rows, (row) => shown(last[row])),
    candidates,
    sizes,
    curve,
  }
}

/** 1 for the suppressed who are no seeds. */
function exclusions({ ids }: Space, seeds: Int32Array, suppressed: Int32Array): Uint8Array {
  const excluded = new Uint8Array(ids.size)
  for (const row of suppressed) excluded[row] = 1
  for (const row of seeds) excluded[row] = 0
  return excluded
}

function check(space: Space, seeds: Int32Array, excluded: Uint8Array, size: number | SizeName): number {
  if (seeds.length === 0) {
    throw fail('EMPTY', {
      what: 'look-alikes of nobody: there are no seeds',
      todo: `Give the ids of some users that ${space.name} knows.`,
    })
  }
  if (typeof size === 'number' && !(Number.isSafeInteger(size) && size >= 1))
    throw fail('ARGUMENT', { what: 'audience size', expected: 'a whole number from 1', got: String(size) })
  if (typeof size === 'string' && seeds.length < 2) {
    throw fail('ARGUMENT', {
      what: `audience size ${size}`,
      expected: 'at least 2 seeds, to measure it by those held out',
      got: 'one: give the size as a number of users',
    })
  }
  const candidates = excluded.length - seeds.length - excluded.reduce((sum, each) => sum + each, 0)
  if (candidates > 0) return candidates
  throw fail('EMPTY', {
    what: `nobody is left: all ${excluded.length} users are seeds or suppressed`,
    todo: 'Give fewer seeds, or suppress fewer users.',
  })
}

function namedSizes(recall: HeldOutRecall, candidates: number): Readonly<Record<SizeName, number>> {
  const size = (name: SizeName): number => recall.sizeFor(sizeTargets[name], candidates)
  return { narrow: size('narrow'), balanced: size('balanced'), broad: size('broad') }
}

function* curveOf(
  recall: HeldOutRecall,
  sizes: readonly number[],
  activity: Float32Array | null,
  excluded: Uint8Array,
  folds: Folds,
): Job<RecallCurve> {
  const same = activity && Array.from({ length: folds.count }, () => activity)
  const active = same && (yield* measureRecall(same, excluded, folds))
  return {
    folds: folds.count,
    sizes,
    recall: sizes.map((n) => recall.at(n)),
    random: sizes.map((n) => recall.random(n)),
    popularity: active && sizes.map((n) => active.at(n)),
  }
}

/** 1, 2, 3, 5, 7, 10, 20 … up to everybody, and the sizes that were asked for. */
function curveSizes(candidates: number, asked: readonly number[]): number[] {
  const sizes = new Set([...asked.filter((n) => n <= candidates), candidates])
  for (let ten = 1; ten < candidates; ten *= 10)
    for (const step of [1, 2, 3, 5, 7]) if (step * ten < candidates) sizes.add(step * ten)
  return [...sizes].sort((a, b) => a - b)
}
