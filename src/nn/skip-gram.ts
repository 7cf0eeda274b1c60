/**
 * Skip-gram with negative sampling (Mikolov et al. 2013, https://arxiv.org/abs/1310.4546) over sentences of nodes. Each pair of
 * a centre c and a context w at most `window` tokens away contributes
 *   −ln σ(y_c · x_w) − Σ_k ln σ(−y_k · x_w),   k drawn in proportion to count^noisePower,
 * with x rows of the input matrix (the embedding) and y rows of the output matrix. The work is one kernel, `sgns`.
 *
 * Nodes that never occur keep their initial vector, which is short and random.
 */
import { z } from 'zod'
import { fail } from '../errors.ts'
import type { Sentences } from '../graph/sentences.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { type Job, pace, type Snapshot } from '../train/run.ts'
import { checkHeldOut, heldOutAuc, heldOutNote, type HeldOutPairs } from './held-out.ts'
import { keepThresholds, noiseTable } from './noise.ts'

/** Settings of skip-gram, for the schemas of the methods that use it. */
export const skipGramSettings = {
  dim: z.int().positive().default(128).describe('Embedding size.'),
  window: z
    .int()
    .positive()
    .max(1000)
    .default(10)
    .describe('Greatest distance of a context; each centre draws its own, from 1 up.'),
  negatives: z.int().positive().max(63).default(5).describe('Negative samples of each pair.'),
  negativeSharing: z
    .enum(['window', 'none'])
    .default('window')
    .describe('Whether the pairs of a centre share their negatives (faster) or draw fresh ones.'),
  rate: z.number().positive().default(0.025).describe('Learning rate at the start.'),
  finalRate: z.number().positive().default(0.0001).describe('Learning rate at the end; it falls linearly.'),
  epochs: z.int().positive().default(1).describe('Passes over the sentences.'),
  subsample: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Occurrences of nodes more frequent than this share are thinned out; 0 keeps all.'),
  noisePower: z.number().nonnegative().default(0.75).describe('Negatives are drawn by count to this power.'),
  deterministic: z
    .boolean()
    .default(false)
    .describe('The same result at any number of threads, by using one; else threads update without locks.'),
}

export type SkipGramSettings = z.output<z.ZodObject<typeof skipGramSettings>>

export interface SkipGramTraining {
  /** Number of nodes: tokens are rows 0 … nodes − 1. */
  readonly nodes: number
  /** How often each node occurs, or is expected to: for the noise and for subsampling. */
  readonly counts: ArrayLike<number>
  /** The sentences of an epoch (1, 2 …), in batches. */
  readonly sentences: (epoch: number) => Iterable<Sentences>
  /** Tokens of an epoch, at least roughly: for progress and the fall of the learning rate. */
  readonly tokens: number
  readonly settings: SkipGramSettings
  /** Whether nodes are compared with nodes, not with contexts: the output matrix is then the input matrix. */
  readonly tied?: boolean
  readonly rng: Random
  readonly resume?: Snapshot | null
  /** Scored after each epoch and reported as a note. */
  readonly heldOut?: HeldOutPairs | null
}

export interface SkipGramResult {
  /** The embedding: nodes × dim. */
  readonly input: Matrix<'node', 'latent'>
  /** What it is compared with in training: nodes × dim. */
  readonly output: Matrix<'node', 'latent'>
  /** One entry for each epoch run here. */
  readonly curve: readonly SkipGramEpoch[]
}

export interface SkipGramEpoch {
  readonly epoch: number
  /** Mean over the epoch's pairs. */
  readonly loss: number
  readonly pairs: number
  readonly tokens: number
  /** Area under the ROC curve of the held-out pairs; null without them. */
  readonly auc: number | null
}

/** Trains, on matrices in the open region of the heap; throws EMPTY where there is nothing to learn from, ARGUMENT on tokens outside the nodes, DIVERGED on NaN. */
export function* trainSkipGram(training: SkipGramTraining): Job<SkipGramResult> {
  const { nodes, settings, rng, heldOut } = training
  checkCounts(training)
  if (heldOut) checkHeldOut(heldOut, nodes)
  const input = new Matrix<'node', 'latent'>(nodes, settings.dim, heap.scratchF32(nodes * settings.dim))
  const output = training.tied
    ? input
    : new Matrix<'node', 'latent'>(nodes, settings.dim, heap.scratchF32(nodes * settings.dim))
  if (!training.tied) kernels().fill(0, output.data)
  initialise(input, rng)
  const noise = noiseTable(training.counts, settings.noisePower)
  const keep = keepThresholds(training.counts, settings.subsample)
  const state = { tokens: 0, start: 0 }
  if (training.resume) restore(training.resume, input, output, state)
  const all = Math.max(1, training.tokens * settings.epochs)
  const rateAt = (tokens: number): number =>
    settings.rate + (settings.finalRate - settings.rate) * Math.min(1, tokens / all)
  const progress = (tokens: number): { phase: string; done: number; of: number; unit: string } => ({
    phase: 'train',
    done: Math.min(tokens, all),
    of: all,
    unit: 'words',
  })
  const due = pace()
  const curve: SkipGramEpoch[] = []

  for (let epoch = state.start + 1; epoch <= settings.epochs; epoch++) {
    const stream = rng.stream('sgns', epoch)
    let [loss, pairs, tokens] = [0, 0, 0]
    for (const batch of training.sentences(epoch)) {
      checkTokens(batch, nodes)
      const seed = stream.uint32() | 0
      for (const [from, to] of pieces(batch.offsets, pieceTokens(settings))) {
        const before = state.tokens + tokens
        tokens += batch.offsets[to] - batch.offsets[from]
        heap.scope(() => {
          const { tokens: words, offsets } = piece(batch, from, to)
          const stats = heap.scratchF32(2 * (to - from))
          // prettier-ignore
          kernels().sgns(
            words, offsets, input.data, output.data,
            settings.dim, noise, keep, stats,
            {
              window: settings.window,
              negatives: settings.negatives,
              shared: settings.negativeSharing === 'window',
              deterministic: settings.deterministic,
              seed,
              first: from,
              rate: rateAt(before),
              rateEnd: rateAt(state.tokens + tokens),
            },
          )
          for (let s = 0; s < stats.length; s += 2) {
            loss += stats[s]
            pairs += stats[s + 1]
          }
        })
        if (!Number.isFinite(loss)) throw diverged(epoch)
        if (due()) yield { ...progress(state.tokens + tokens), ...(pairs > 0 ? { loss: loss / pairs } : {}) }
      }
    }
    if (pairs === 0) throw empty('no sentence has two tokens')
    state.tokens += tokens
    const auc = heldOut ? heldOutAuc(heldOut, input, output) : null
    curve.push({ epoch, loss: loss / pairs, pairs, tokens, auc })
    yield {
      ...progress(state.tokens),
      loss: loss / pairs,
      ...(auc === null ? {} : { note: heldOutNote(epoch, auc) }),
      snapshot: {
        epoch,
        numbers: { tokens: state.tokens },
        arrays: { input: input.data, output: output.data },
      },
    }
  }
  return { input, output, curve }
}

/** Uniform in ±1/(2·dim), as in word2vec, whose output begins at zero. */
function initialise(input: Matrix, rng: Random): void {
  kernels().uniform(rng.stream('init').uint32() | 0, input.data)
  kernels().affine(1 / input.cols, -0.5 / input.cols, input.data, input.data)
}

/** About 50 ms of work on one slow core, depending on nothing but the settings. */
function pieceTokens({ dim, window, negatives }: SkipGramSettings): number {
  return Math.min(65536, Math.max(256, Math.floor(4e8 / (6 * dim * window * (negatives + 1)))))
}

/** Ranges of sentences of about `size` tokens; a sentence is never cut. */
function* pieces(offsets: Uint32Array, size: number): Generator<readonly [number, number], void, void> {
  const count = offsets.length - 1
  for (let from = 0, to = 0; to < count; from = to) {
    while (to < count && (to === from || offsets[to + 1] - offsets[from] <= size)) to++
    yield [from, to]
  }
}

/** Sentences `from` … `to` − 1 alone, on the kernel heap. */
function piece({ tokens, offsets }: Sentences, from: number, to: number): Sentences {
  const first = offsets[from]
  const own = heap.place(offsets.slice(from, to + 1))
  for (let s = 0; s < own.length; s++) own[s] -= first
  return { tokens: heap.place(tokens.subarray(first, offsets[to])), offsets: own }
}

function checkCounts({ nodes, counts }: SkipGramTraining): void {
  if (counts.length !== nodes) {
    throw fail('SHAPE', { op: 'trainSkipGram', expected: `${nodes} counts`, got: String(counts.length) })
  }
  let total = 0
  for (let i = 0; i < nodes; i++) {
    if (!(counts[i] >= 0 && Number.isFinite(counts[i]))) {
      throw fail('ARGUMENT', {
        what: `count of node ${i}`,
        expected: 'a number of 0 or more',
        got: String(counts[i]),
      })
    }
    total += counts[i]
  }
  if (total === 0) throw empty('no node occurs')
}

function checkTokens({ tokens, offsets }: Sentences, nodes: number): void {
  const end = offsets[offsets.length - 1]
  if (!(end <= tokens.length)) {
    throw fail('SHAPE', { op: 'trainSkipGram', expected: `${end} tokens`, got: String(tokens.length) })
  }
  for (let i = 0; i < end; i++) {
    if (tokens[i] >= 0 && tokens[i] < nodes) continue
    throw fail('ARGUMENT', { what: 'a token', expected: `a row below ${nodes}`, got: String(tokens[i]) })
  }
}

function restore(
  resume: Snapshot,
  input: Matrix,
  output: Matrix,
  state: { tokens: number; start: number },
): void {
  for (const [name, { data }] of Object.entries({ input, output })) {
    const from = resume.arrays[name]
    if (from?.length !== data.length) {
      throw fail('ARTEFACT', {
        path: 'checkpoint',
        expected: `${data.length} numbers of ${name}`,
        got: String(from?.length ?? 'none'),
        todo: 'It belongs to another configuration or data set; start anew.',
      })
    }
    data.set(from)
  }
  state.start = resume.epoch
  state.tokens = resume.numbers['tokens'] ?? 0
}

function empty(what: string): Error {
  return fail('EMPTY', {
    what: `nothing to train embeddings on: ${what}`,
    todo: 'Give longer sentences, or more of them.',
  })
}

function diverged(epoch: number): Error {
  return fail('DIVERGED', {
    what: `the loss of skip-gram became infinite or undefined in epoch ${epoch}`,
    todo: 'Use a smaller learning rate.',
  })
}
