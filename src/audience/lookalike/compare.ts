/** The methods beside each other, beside a random audience and beside the most active users, on the same folds. */
import { fail } from '../../errors.ts'
import { type Spread, spread } from '../../evaluate/seeds.ts'
import type { Random } from '../../random.ts'
import type { Job } from '../../train/run.ts'
import type { Space } from '../space.ts'
import { lookalike } from './lookalike.ts'
import type { LookalikeMethod } from './methods.ts'

export interface CompareOptions {
  readonly methods: readonly LookalikeMethod[]
  /** Audience sizes to tell the recall at. Those above the number of candidates are left out. */
  readonly sizes: readonly number[]
  /** Divisions of the seeds into folds, for each space. */
  readonly repeats: number
  readonly suppressed: Int32Array
  readonly activity: Float32Array | null
  readonly rng: Random
}

export interface RecallRow {
  readonly name: string
  /** At each size, over repeats and spaces. */
  readonly recall: readonly Spread[]
}

export interface LookalikeComparison {
  readonly sizes: readonly number[]
  readonly candidates: number
  /** Random, popularity (where activity is known), then the methods. */
  readonly rows: readonly RecallRow[]
}

/**
 * Recall of held-out seeds at each size. `spaces`: of the same users in the same rows, such as models that differ in their seed of training.
 *
 * @throws ARGUMENT where spaces have other users, with a single seed, and where no size is left; as {@link lookalike}.
 */
export function* compareLookalikes(
  spaces: readonly Space[],
  seeds: Int32Array,
  options: CompareOptions,
): Job<LookalikeComparison> {
  const { methods, repeats, suppressed, activity, rng } = options
  if (seeds.length < 2)
    throw fail('ARGUMENT', {
      what: 'seeds',
      expected: 'at least 2, to hold some out',
      got: String(seeds.length),
    })
  const found = new Map<string, number[][]>()
  const add = (name: string, recall: readonly number[]): void => {
    found.set(name, [...(found.get(name) ?? []), [...recall]])
  }
  let candidates = 0
  let sizes: number[] = []
  for (const [s, space] of spaces.entries()) {
    checkSame(spaces[0], space)
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [m, method] of methods.entries()) {
        const { curve, ...got } = yield* lookalike(space, seeds, {
          method,
          size: 1,
          suppressed,
          activity: m === 0 ? activity : null,
          curve: true,
          at: options.sizes,
          rng: rng.stream('repeat', repeat),
        })
        candidates = got.candidates
        sizes = options.sizes.filter((n) => n <= candidates)
        const at = (values: readonly number[]): number[] => sizes.map((n) => values[curve!.sizes.indexOf(n)])
        if (m === 0 && s === 0) {
          add('random', at(curve!.random))
          if (curve!.popularity) add('popularity', at(curve!.popularity))
        }
        add(method, at(curve!.recall))
      }
    }
  }
  if (sizes.length === 0) {
    const got = options.sizes.join(', ') || 'none'
    throw fail('ARGUMENT', { what: 'audience sizes', expected: `some up to ${candidates} users`, got })
  }
  const rows = [...found].map(([name, runs]) => ({
    name,
    recall: sizes.map((_, i) => spread(runs.map((run) => run[i]))),
  }))
  return { sizes, candidates, rows }
}

function checkSame(first: Space, space: Space): void {
  const same =
    first.ids.size === space.ids.size &&
    (first === space || Array.from(first.ids, (id, row) => space.ids.row(id) === row).every(Boolean))
  if (same) return
  throw fail('ARGUMENT', {
    what: `${space.name} version ${space.version}`,
    expected: `the users of ${first.name} version ${first.version}, in the same order`,
    got: 'others: compare models of the same data',
  })
}
