/**
 * The numeric part of a fitted recommender, in rows rather than ids. A method's `fit` answers a {@link FittedState}: plain
 * arrays and the kind of scorer that reads them. What is saved is the state, and what serves is always a scorer restored from
 * one, so saving and loading cannot change an answer.
 */
import type { Steps } from '../../../steps.ts'
import type { StateTensor } from '../../state.ts'

export interface FittedState {
  /** Which scorer reads these arrays. */
  readonly kind: ScorerKind
  readonly tensors: Readonly<Record<string, StateTensor>>
  /** Facts about the training worth keeping: epochs run, validation curve … JSON. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export type ScorerKind = 'item-scores' | 'dot-product' | 'item-weights' | 'graph-filter'

/** What full-ranking evaluation needs. */
export interface Scorer {
  readonly userCount: number
  readonly itemCount: number
  /**
   * Writes the scores of all items for each of `users` (row numbers) into `out`, users.length × itemCount, row-major, on the
   * kernel heap. Higher is better; scores compare within a user only.
   */
  scores(users: Int32Array, out: Float32Array): void
}

/** Interactions that came after training: those of the b-th user asked for are indices[indptr[b]] … indices[indptr[b + 1] − 1]. */
export interface Added {
  readonly indptr: Uint32Array
  readonly indices: Int32Array
}

/** What answers need beside it. `out` is on the kernel heap. */
export interface FittedScorer extends Scorer {
  /**
   * {@link Scorer.scores} with what users did after training. A user −1 is known by that alone; all scores are then equal where it
   * says nothing.
   */
  foldedScores(users: Int32Array, added: Added, out: Float32Array): void
  /** Similarity of every item to item `row` → out[itemCount]. */
  similarItems(row: number, out: Float32Array): void
  /** Similarity of every user to user `row` → out[userCount]. */
  similarUsers(row: number, out: Float32Array): void
  /** itemCount × dim vectors, where the method learns some. */
  readonly itemVectors?: { readonly data: Float32Array; readonly dim: number }
  /** The scores are the same for every user, whatever they did. */
  readonly impersonal?: true
  /** Where scores are dot products of vectors, so that the best can be found without taking them all. */
  readonly dots?: Dots
}

/** Scores that are dot products of a user's vector and the items' vectors ({@link FittedScorer.itemVectors}). */
export interface Dots {
  /** userCount × dim. */
  readonly userVectors: Float32Array
  /** The vectors behind {@link FittedScorer.foldedScores} → out, users.length × dim, on the kernel heap. */
  foldedVectors(users: Int32Array, added: Added, out: Float32Array): void
  /** Does beforehand what the first to ask for folded vectors would wait for. */
  prepare(): Steps<unknown>
}
