/** What the methods that end in skip-gram share: from walks or sentences to the state of an embedding. */
import type { Graph } from '../../../graph/graph.ts'
import { expectedVisits } from '../../../graph/visits.ts'
import type { WalkSettings } from '../../../graph/walks/settings.ts'
import { createWalker } from '../../../graph/walks/walker.ts'
import { type SkipGramSettings, type SkipGramTraining, trainSkipGram } from '../../../nn/skip-gram.ts'
import type { Job } from '../../../train/run.ts'
import type { EmbedContext } from './definition.ts'
import type { EmbeddingState } from './state.ts'

/** Skip-gram over walks that are made anew in every epoch. Nodes count as often as walks are expected to come by. */
export function* embedWalks(
  graph: Graph,
  settings: WalkSettings & SkipGramSettings,
  { rng, resume, heldOut }: EmbedContext,
): Job<EmbeddingState> {
  const walker = createWalker(graph, settings)
  const counts = expectedVisits(graph, settings)
  return yield* embedSentences({
    nodes: counts.length,
    counts,
    sentences: (epoch) => walker.sentences(rng.stream('walks'), epoch),
    tokens: Math.round(counts.reduce((sum, count) => sum + count, 0)),
    settings,
    rng,
    resume,
    heldOut,
  })
}

/** Skip-gram: the input vectors are the embedding, the output vectors its context. */
export function* embedSentences(training: SkipGramTraining): Job<EmbeddingState> {
  const { input, output, curve } = yield* trainSkipGram(training)
  return {
    vectors: { data: input.data, shape: [input.rows, input.cols] },
    context: { data: output.data, shape: [output.rows, output.cols] },
    facts: { epochs: training.settings.epochs, curve },
  }
}

/** Bytes of two matrices of n × dim, and multiply-adds of skip-gram over `tokens` an epoch. */
export function skipGramEstimate(
  nodes: number,
  tokens: number,
  { dim, window, negatives, epochs }: SkipGramSettings,
): { bytes: number; operations: number } {
  // Each token has window + 1 pairs on average, each with 1 + negatives scores, forward and back to both sides.
  return {
    bytes: 8 * nodes * dim + 24 * nodes,
    operations: epochs * tokens * (window + 1) * (1 + negatives) * 3 * dim,
  }
}
