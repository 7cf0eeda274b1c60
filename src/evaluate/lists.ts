/** Beyond-accuracy numbers of an evaluation, gathered list by list: exposure counts per cut-off, diversity on a sample. */
import { fail } from '../errors.ts'
import {
  catalogueCoverage,
  gini,
  interactionCosines,
  intraListDiversity,
  novelty,
  vectorCosines,
} from '../metrics/beyond.ts'
import type { CosineSet } from '../metrics/beyond.ts'
import { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'

/** items × dim, row-major, as a fitted scorer has them. */
export interface ItemVectors {
  readonly data: Float32Array
  readonly dim: number
}

/** Diversity costs far more per list than the rest, and its mean is known well enough from this many. */
const DIVERSITY_USERS = 2000

/** Takes the lists of `users` users in order. */
export class ListStatistics {
  readonly #k: readonly number[]
  readonly #popularity: Uint32Array
  readonly #trainUsers: number
  readonly #exposure: Uint32Array[]
  readonly #sampled: Uint8Array
  readonly #cosines: CosineSet
  readonly #over: 'item vectors' | 'train users in common'
  readonly #diversity: { sum: number; lists: number }[]
  readonly #isNew: ((user: number, item: number) => boolean) | undefined
  /** Of each cut-off, places that are filled, and those with something new. */
  readonly #places: { filled: number; new: number }[]
  #next = 0

  /** `popularity`: train users per item. `k` ascending. `isNew`: see `RankingOptions`. */
  constructor(
    train: Sparse,
    popularity: Uint32Array,
    users: number,
    k: readonly number[],
    vectors?: ItemVectors,
    isNew?: (user: number, item: number) => boolean,
  ) {
    if (vectors && vectors.data.length !== train.cols * vectors.dim) {
      const expected = `${train.cols} rows of ${vectors.dim}, one per item`
      throw fail('SHAPE', { op: 'itemVectors', expected, got: `${vectors.data.length} numbers` })
    }
    this.#k = k
    this.#popularity = popularity
    this.#trainUsers = usersWithEntries(train)
    this.#exposure = k.map(() => new Uint32Array(train.cols))
    this.#sampled = sample(users, DIVERSITY_USERS)
    this.#cosines = vectors ? vectorCosines(vectors.data, vectors.dim) : interactionCosines(train.transposed)
    this.#over = vectors ? 'item vectors' : 'train users in common'
    this.#diversity = k.map(() => ({ sum: 0, lists: 0 }))
    this.#isNew = isNew
    this.#places = k.map(() => ({ filled: 0, new: 0 }))
  }

  /** Adds the list lists[from … from + length) of a user; answers how many of its places are filled. */
  add(lists: Int32Array, from: number, length: number, user: number): number {
    let filled = 0
    for (let r = 0; r < length; r++) {
      const item = lists[from + r]
      if (item < 0) continue
      filled++
      for (let c = this.#k.length - 1; c >= 0 && this.#k[c] > r; c--) this.#exposure[c][item]++
      if (this.#isNew) this.#addPlace(r, this.#isNew(user, item))
    }
    if (this.#sampled[this.#next++] === 1) this.#addDiversity(lists.subarray(from, from + length))
    return filled
  }

  #addPlace(place: number, isNew: boolean): void {
    this.#k.forEach((cut, c) => {
      if (cut <= place) return
      this.#places[c].filled++
      if (isNew) this.#places[c].new++
    })
  }

  #addDiversity(list: Int32Array): void {
    for (let c = 0; c < this.#k.length; c++) {
      const diversity = intraListDiversity(list, this.#k[c], this.#cosines)
      if (Number.isNaN(diversity)) continue
      this.#diversity[c].sum += diversity
      this.#diversity[c].lists++
    }
  }

  /** The means, once all lists are in. */
  finish(): {
    beyond: Record<string, number>
    diversity: { users: number; over: 'item vectors' | 'train users in common' }
  } {
    const beyond: Record<string, number> = {}
    this.#k.forEach((cut, c) => {
      const exposure = this.#exposure[c]
      beyond[`coverage@${cut}`] = catalogueCoverage(exposure)
      beyond[`novelty@${cut}`] = novelty(exposure, this.#popularity, this.#trainUsers)
      beyond[`diversity@${cut}`] = this.#diversity[c].sum / this.#diversity[c].lists
      beyond[`gini@${cut}`] = gini(exposure)
      if (this.#isNew) beyond[`newness@${cut}`] = this.#places[c].new / this.#places[c].filled
    })
    return {
      beyond,
      diversity: { users: this.#sampled.reduce((sum, mark) => sum + mark, 0), over: this.#over },
    }
  }
}

function usersWithEntries(train: Sparse): number {
  let n = 0
  for (let u = 0; u < train.rows; u++) if (train.degree(u) > 0) n++
  return n
}

/** Marks `size` of n places, all subsets equally likely (Knuth, algorithm S), the same ones for every model. */
function sample(n: number, size: number): Uint8Array {
  const marks = new Uint8Array(n)
  const rng = new Random(0).stream('intra-list diversity')
  let left = Math.min(n, size)
  for (let i = 0; i < n; i++) {
    if (rng.int(n - i) >= left) continue
    marks[i] = 1
    left--
  }
  return marks
}
