/**
 * Link prediction from vectors: are held-out edges scored above pairs that are no edges? The vectors must come from the reduced
 * graph of `splitEdges`. Pairs are scored as they are (dot product, cosine), and by logistic regression on features of
 * the pair (node2vec, Grover & Leskovec 2016, https://arxiv.org/abs/1607.00653, table 1), trained on edges of the reduced graph.
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { averagePrecision, hitsAt, meanReciprocalRank, rocAuc } from '../metrics/pairs.ts'
import { decisions, fitLogistic } from '../nn/logistic-regression.ts'
import type { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'
import { inRegion, type Job } from '../train/run.ts'
import { drawNonEdges, edgeList, type LinkSplit, type Pairs } from './link-split.ts'
import { type Spread, spread } from './seeds.ts'

const linkRules: readonly string[] = [
  'Edges are held out before anything is built: methods see the reduced graph alone.',
  'Negatives are pairs of nodes without an edge in the whole graph, as many as held-out edges, drawn evenly and fixed by the seed.',
  'Hits@K: share of held-out edges above the K-th highest negative. MRR: each held-out edge ranked among all negatives, ties at their mean rank.',
  'Logistic regression (C = 1) on features of a pair is trained on edges of the reduced graph and as many pairs without one there, none of them a test pair.',
]

/** Features of a pair from its vectors a and b, coordinate by coordinate. */
export const edgeFeatures = {
  hadamard: (a: number, b: number) => a * b,
  average: (a: number, b: number) => (a + b) / 2,
  l1: (a: number, b: number) => Math.abs(a - b),
  l2: (a: number, b: number) => (a - b) ** 2,
} as const

export type EdgeFeature = keyof typeof edgeFeatures

export interface LinkOptions {
  /** Cut-offs of Hits@K. Default 10, 50, 100. */
  readonly k?: readonly number[]
  /** Features to train a regression on. Default all. */
  readonly features?: readonly EdgeFeature[]
  /** Edges at most that a regression is trained on, drawn evenly; and as many negatives. Default 20,000. */
  readonly trainingEdges?: number
  readonly rng: Random
}

/** auc, ap, mrr, hits@K. */
export type LinkMeasures = Readonly<Record<string, number>>

export interface LinkScores {
  /** dot, cosine, hadamard, average, l1, l2. */
  readonly score: string
  readonly measures: LinkMeasures
}

export interface LinkResult {
  readonly scores: readonly LinkScores[]
  readonly counts: {
    readonly nodes: number
    readonly edges: number
    readonly heldOut: number
    readonly trainingPairs: number
  }
}

/** @throws SHAPE where the vectors are not those of the nodes of the split. */
export function* evaluateLinks(vectors: Matrix, split: LinkSplit, options: LinkOptions): Job<LinkResult> {
  const { k = [10, 50, 100], trainingEdges = 20_000, rng } = options
  const features = options.features ?? (Object.keys(edgeFeatures) as EdgeFeature[])
  const { test, train } = split
  if (vectors.rows !== train.adjacency.rows) {
    const expected = `${train.adjacency.rows} vectors, one per node`
    throw fail('SHAPE', { op: 'evaluateLinks', expected, got: String(vectors.rows) })
  }
  const positives = { from: test.from, to: test.to }
  const negatives = { from: test.negativeFrom, to: test.negativeTo }
  const scores: LinkScores[] = []
  const measure = (score: string, of: (pairs: Pairs) => Float64Array): void =>
    void scores.push({ score, measures: linkMeasures(of(positives), of(negatives), k) })
  const of = features.length + 1
  yield { phase: 'evaluate', done: 0, of, unit: 'scores' }
  measure('dot', (pairs) => dotProducts(vectors, pairs))
  const lengths = rowLengths(vectors)
  measure('cosine', (pairs) =>
    dotProducts(vectors, pairs).map((dot, i) => {
      const scale = lengths[pairs.from[i]] * lengths[pairs.to[i]]
      return scale > 0 ? dot / scale : 0
    }),
  )
  const known = trainingPairs(split, features.length > 0 ? trainingEdges : 0, rng)
  for (const [f, name] of features.entries()) {
    yield { phase: 'evaluate', done: f + 1, of, unit: 'scores' }
    const job = regression(vectors, known, name, [positives, negatives])
    const [up, down] = yield* inRegion(job, (result) => result)
    scores.push({ score: name, measures: linkMeasures(up, down, k) })
  }
  return {
    scores,
    counts: {
      nodes: vectors.rows,
      edges: split.edges,
      heldOut: test.from.length,
      trainingPairs: known.from.length,
    },
  }
}

function linkMeasures(positives: Float64Array, negatives: Float64Array, k: readonly number[]): LinkMeasures {
  return {
    auc: rocAuc(positives, negatives),
    ap: averagePrecision(positives, negatives),
    mrr: meanReciprocalRank(positives, negatives),
    ...Object.fromEntries(k.map((cut) => [`hits@${cut}`, hitsAt(positives, negatives, cut)])),
  }
}

/** Edges of the reduced graph first, then as many pairs that are no edges there and not asked about in the test. */
function trainingPairs({ train, test }: LinkSplit, limit: number, rng: Random): Pairs {
  const edges = edgeList(train.adjacency, train.directed)
  const order = rng.stream('training edges').shuffle(Int32Array.from(edges.from, (_, e) => e))
  const chosen = order.subarray(0, Math.min(limit, order.length))
  const n = train.adjacency.rows
  const asked = new Set<number>()
  test.from.forEach((v, i) => asked.add(v * n + test.to[i]))
  test.negativeFrom.forEach((v, i) => asked.add(v * n + test.negativeTo[i]))
  const stream = rng.stream('training negatives')
  const others = drawNonEdges(train, chosen.length, stream, (a, b) => asked.has(a * n + b))
  const join = (a: Int32Array, b: Int32Array): Int32Array =>
    Int32Array.from([...chosen.map((e) => a[e]), ...b])
  return { from: join(edges.from, others.from), to: join(edges.to, others.to) }
}

/** Scores of each of `asked` by a regression on one kind of feature; the first half of `known` are edges. */
function* regression(
  vectors: Matrix,
  known: Pairs,
  feature: EdgeFeature,
  asked: readonly Pairs[],
): Job<Float64Array[]> {
  const count = known.from.length
  const indptr = Uint32Array.from({ length: count + 1 }, (_, i) => Math.min(i, count / 2))
  const isEdge = new Sparse(count, 1, indptr, new Int32Array(count / 2), null)
  const model = yield* fitLogistic(pairFeatures(vectors, known, feature, 0, count), isEdge)
  return asked.map((pairs) => {
    const out = new Float64Array(pairs.from.length)
    for (let at = 0; at < out.length; at += BLOCK) {
      const end = Math.min(out.length, at + BLOCK)
      heap.scope(() => out.set(decisions(model, pairFeatures(vectors, pairs, feature, at, end)), at))
    }
    return out
  })
}

const BLOCK = 16_384

/** Features of the pairs `start` … `end` − 1, on the open region of the heap. */
function pairFeatures(
  vectors: Matrix,
  pairs: Pairs,
  feature: EdgeFeature,
  start: number,
  end: number,
): Matrix {
  const of = edgeFeatures[feature]
  const { cols, data } = vectors
  const out = heap.scratchF32((end - start) * cols)
  for (let i = start, at = 0; i < end; i++) {
    const [a, b] = [pairs.from[i] * cols, pairs.to[i] * cols]
    for (let j = 0; j < cols; j++) out[at++] = of(data[a + j], data[b + j])
  }
  return new Matrix(end - start, cols, out)
}

function dotProducts(vectors: Matrix, { from, to }: Pairs): Float64Array {
  const { cols, data } = vectors
  return Float64Array.from(from, (v, i) => {
    let sum = 0
    for (let j = 0; j < cols; j++) sum += data[v * cols + j] * data[to[i] * cols + j]
    return sum
  })
}

function rowLengths(vectors: Matrix): Float64Array {
  return heap.scope(() => {
    const out = heap.scratchF32(vectors.rows)
    kernels().rowReduce('sumSquares', heap.place(vectors.data), vectors.rows, vectors.cols, out)
    return Float64Array.from(out, Math.sqrt)
  })
}

export interface LinkRun {
  readonly seed: number
  readonly result: LinkResult
}

export interface LinkSummary {
  readonly kind: 'links'
  readonly seeds: readonly number[]
  /** In the order they were measured, each measure over seeds. */
  readonly scores: readonly {
    readonly score: string
    readonly measures: Readonly<Record<string, Spread>>
  }[]
  readonly counts: LinkResult['counts']
  readonly rules: readonly string[]
}

/** Mean, deviation, minimum and maximum over runs of the same kind, each with a split and a training of its own. */
export function summarizeLinks(runs: readonly LinkRun[], keep: LinkSplit['keep']): LinkSummary {
  const first = runs[0]
  if (!first)
    throw fail('EMPTY', {
      what: 'there are no runs to summarise',
      todo: 'Give the result of at least one seed.',
    })
  const scores = first.result.scores.map(({ score, measures }, s) => ({
    score,
    measures: Object.fromEntries(
      Object.keys(measures).map((name) => [
        name,
        spread(runs.map(({ result }) => result.scores[s].measures[name])),
      ]),
    ),
  }))
  const kept =
    keep === 'connected'
      ? 'Held-out edges leave every component of the graph connected: those of a random spanning forest stay.'
      : 'Any edge may be held out: nodes can lose all of theirs.'
  return {
    kind: 'links',
    seeds: runs.map(({ seed }) => seed),
    scores,
    counts: first.result.counts,
    rules: [kept, ...linkRules],
  }
}
