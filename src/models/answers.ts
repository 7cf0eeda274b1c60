/** Ranked answers, in ids: the best of rows of scores, for models of every family. */
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'

export interface Ranked {
  readonly id: string
  readonly score: number
}

export interface AnswerOptions {
  /** How many to answer at most. Default 10. */
  readonly n?: number
  /** Ids never to answer. Unknown ones are ignored. */
  readonly exclude?: Iterable<string>
  /** Answers only ids for which this is true. */
  readonly filter?: (id: string) => boolean
}

/** Columns that rows of scores never answer: row i skips indices[indptr[rows[i]] … indptr[rows[i] + 1]), ascending. */
export interface Mask {
  readonly indptr: Uint32Array
  readonly indices: Int32Array
  readonly rows: Int32Array
}

/** Numbers of scratch that a block of answers may take. */
const SCRATCH = 2 ** 23

/** Answers `count` rows a block at a time: `answer(start, length, scores)` gets a scratch of length × width numbers. */
export function inBlocks<T>(
  count: number,
  width: number,
  answer: (start: number, length: number, scores: Float32Array) => T[],
): T[] {
  const size = Math.max(1, Math.min(256, Math.floor(SCRATCH / Math.max(1, width))))
  const out: T[] = []
  for (let start = 0; start < count; start += size) {
    const length = Math.min(size, count - start)
    heap.scope(() => out.push(...answer(start, length, heap.scratchF32(length * width))))
  }
  return out
}

/**
 * The best of each of `rows` rows of scores (rows × vocabulary.size, on the kernel heap; excluded places are overwritten). A filter
 * is asked about the best candidates only, as many as it takes.
 */
export function bestOf(
  scores: Float32Array,
  rows: number,
  vocabulary: Vocabulary,
  options: AnswerOptions,
  mask: Mask | null = null,
): Ranked[][] {
  const { n = 10, exclude, filter } = options
  if (!Number.isInteger(n) || n < 1) {
    throw fail('ARGUMENT', { what: 'n', expected: 'a whole number of at least 1', got: String(n) })
  }
  const width = vocabulary.size
  for (const id of exclude ?? []) {
    const column = vocabulary.row(id)
    if (column >= 0) for (let b = 0; b < rows; b++) scores[b * width + column] = -Infinity
  }
  for (let k = filter ? 4 * n : n; ; k *= 4) {
    k = Math.min(k, width)
    const index = heap.i32(rows * k)
    const score = heap.scratchF32(rows * k)
    kernels().topK(
      scores,
      rows,
      width,
      k,
      mask?.indptr ?? null,
      mask?.indices ?? null,
      mask?.rows ?? null,
      index,
      score,
    )
    const answers = Array.from({ length: rows }, (_, b) => {
      const list: Ranked[] = []
      for (let at = b * k; at < (b + 1) * k && index[at] >= 0 && list.length < n; at++) {
        const id = vocabulary.id(index[at])
        if (!filter || filter(id)) list.push({ id, score: score[at] })
      }
      return list
    })
    if (!filter || k === width || answers.every((list) => list.length === n)) return answers
  }
}
