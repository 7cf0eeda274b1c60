import { z } from 'zod'
import { edgeSampler } from '../../graph/edge-samples.ts'
import { undirectedAdjacency } from '../../graph/undirected.ts'
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { inverseNorms } from '../../nn/cosines.ts'
import { skipGramSettings, type SkipGramResult, trainSkipGram } from '../../nn/skip-gram.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import type { Job, Snapshot } from '../../train/run.ts'
import { fail } from '../../errors.ts'
import { defineEmbedder, type EmbedContext } from './family/definition.ts'
import type { EmbeddingState } from './family/state.ts'
import { skipGramEstimate } from './family/skip-gram-embedding.ts'

const { dim, negatives, rate, finalRate, epochs, noisePower, deterministic } = skipGramSettings

const config = z.strictObject({
  order: z
    .enum(['first', 'second', 'both'])
    .default('both')
    .describe(
      'First order: neighbours are near; second: nodes with the same neighbours; both, side by side.',
    ),
  dim: dim.describe('Embedding size; with both orders each has half of it.'),
  epochs: epochs.default(100).describe('Edges are drawn this many times their number.'),
  negatives,
  rate,
  finalRate,
  noisePower,
  deterministic,
})
type Settings = z.output<typeof config>

/** d_v = Σ_u w_vu. */
export function weightedDegrees({ rows, indptr, values }: Sparse): Float64Array {
  return Float64Array.from({ length: rows }, (_, v) => {
    let sum = 0
    for (let e = indptr[v]; e < indptr[v + 1]; e++) sum += values ? values[e] : 1
    return sum
  })
}

/** [a_v / ‖a_v‖, b_v / ‖b_v‖] of each node: rows × (da + db). */
export function concatenated(
  a: Float32Array,
  da: number,
  b: Float32Array,
  db: number,
  rows: number,
): Float32Array {
  const out = heap.scratchF32(rows * (da + db))
  heap.scope(() => {
    let from = 0
    for (const [x, d] of [
      [a, da],
      [b, db],
    ] as const) {
      const inverse = heap.scratchF32(rows)
      inverseNorms(x, d, inverse)
      const unit = heap.scratchF32(rows * d)
      kernels().scaleRows(x, inverse, rows, d, 0, unit)
      for (let r = 0; r < rows; r++) out.set(unit.subarray(r * d, (r + 1) * d), r * (da + db) + from)
      from += d
    }
  })
  return out
}

/**
 * Edges (i, j) drawn in proportion to w_ij, each in both directions:
 *   first order   ln σ(u_i · u_j) + Σ_k ln σ(−u_i · u_k)
 *   second order  ln σ(u_i · c_j) + Σ_k ln σ(−u_i · c_k),   k drawn in proportion to d_k^¾.
 * These are the steps of skip-gram on sentences of two nodes, the context vectors c being the nodes' own in the first order.
 */
function* proximity(
  adjacency: Sparse,
  order: 'first' | 'second',
  settings: Settings & { readonly dim: number },
  { rng, resume, heldOut }: EmbedContext,
): Job<SkipGramResult> {
  const sample = edgeSampler(adjacency)
  return yield* trainSkipGram({
    nodes: adjacency.rows,
    counts: weightedDegrees(adjacency),
    // An undirected edge is stored twice and drawn half as often, since it steps both ways.
    sentences: (epoch) => sample(rng.stream('edges', order, epoch), Math.ceil(adjacency.nnz / 2)),
    tokens: 2 * Math.ceil(adjacency.nnz / 2),
    settings: { ...settings, window: 1, negativeSharing: 'none', subsample: 0 },
    tied: order === 'first',
    rng: rng.stream(order),
    resume,
    heldOut,
  })
}

/** One of two trainings, under its own name; `both` makes what it keeps to go on from enough for the two. */
function* oneOfTwo<T>(job: Job<T>, phase: string, both: (own: Snapshot) => Snapshot): Job<T> {
  for (let step = job.next(); ; step = job.next()) {
    if (step.done) return step.value
    const { snapshot, ...progress } = step.value
    yield { ...progress, phase, ...(snapshot ? { snapshot: both(snapshot) } : {}) }
  }
}

/** Where each order goes on: its epochs follow those of the first, whose vectors every snapshot of both has as `first`. */
function resumeBoth(
  resume: Snapshot | null,
  epochs: number,
): { first: Snapshot | null; second: Snapshot | null } {
  if (!resume) return { first: null, second: null }
  const { epoch, numbers, arrays } = resume
  const input = arrays['first']
  return {
    first: { epoch: Math.min(epoch, epochs), numbers, arrays: { input, output: input } },
    second: epoch > epochs ? { ...resume, epoch: epoch - epochs } : null,
  }
}

export const line = defineEmbedder({
  name: 'line',
  title: 'LINE',
  summary: 'Neighbours near each other, and nodes with the same neighbours too; directions are not used.',
  paper: 'https://arxiv.org/abs/1503.03578',
  needs: ['graph'],
  config,
  presets: {
    paper: {
      summary: 'The paper’s rate, negatives and size: 128 for each order, side by side.',
      config: { order: 'both', dim: 256, negatives: 5, rate: 0.025 },
    },
  },
  estimate: ({ nodes, edges }, settings) => {
    const steps = { ...settings, window: 1, negativeSharing: 'none', subsample: 0 } as const
    const both = settings.order === 'both' ? 2 : 1
    const { bytes, operations } = skipGramEstimate(nodes, (both * edges) / 2, steps)
    return { bytes: both * bytes + 20 * edges, operations }
  },
  *fit({ graph }, settings, context): Job<EmbeddingState> {
    const adjacency = undirectedAdjacency(graph)
    const n = adjacency.rows
    const facts = { epochs: settings.epochs }
    if (settings.order !== 'both') {
      const { input, output, curve } = yield* proximity(adjacency, settings.order, settings, context)
      const table = ({ data, cols }: typeof input) => ({ data, shape: [n, cols] as const })
      const vectors = table(input)
      return settings.order === 'first'
        ? { vectors, facts: { ...facts, curve } }
        : { vectors, context: table(output), facts: { ...facts, curve } }
    }
    if (settings.dim < 2)
      throw fail('ARGUMENT', {
        what: 'dim',
        expected: 'at least 2 for both orders',
        got: String(settings.dim),
      })
    const half = Math.floor(settings.dim / 2)
    const rest = settings.dim - half
    const { epochs } = settings
    const resume = resumeBoth(context.resume, epochs)
    const first = yield* oneOfTwo(
      proximity(adjacency, 'first', { ...settings, dim: half }, { ...context, resume: resume.first }),
      'first order',
      ({ epoch, numbers, arrays: { input } }) => ({ epoch, numbers, arrays: { first: input } }),
    )
    const second = yield* oneOfTwo(
      proximity(adjacency, 'second', { ...settings, dim: rest }, { ...context, resume: resume.second }),
      'second order',
      (own) => ({
        ...own,
        epoch: epochs + own.epoch,
        arrays: { ...own.arrays, first: first.input.data },
      }),
    )
    return {
      vectors: {
        data: concatenated(first.input.data, half, second.input.data, rest, n),
        shape: [n, settings.dim],
      },
      widths: [half, rest],
      facts: { ...facts, curve: second.curve, firstOrder: first.curve },
    }
  },
})
