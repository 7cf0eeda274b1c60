/**
 * The next item of Amazon Beauty from embeddings, beside popularity and ItemKNN: leave-one-out, full ranking. Prints Markdown; resumable:
 * run it again with the same folder and it goes on after the last result.
 *
 *     node bench/amazon-beauty.ts FOLDER
 *
 * Settings are chosen by NDCG@10 of the last but one event (seed 1), with methods trained on what comes before; the last event is
 * test, with methods trained on all others.
 */
import { join } from 'node:path'
import { alignAttributes, type Attributes } from '../src/data/attributes.ts'
import { readAttributes } from '../src/data/read-attributes.ts'
import {
  evaluateNextItem,
  leaveLastItemOut,
  type NextItemSplit,
  scorerOfSequences,
} from '../src/evaluate/next-item.ts'
import type { RankingResult } from '../src/evaluate/ranking.ts'
import { spread } from '../src/evaluate/seeds.ts'
import { tableMarkdown } from '../src/evaluate/table.ts'
import { trainEmbedding } from '../src/evaluate/train-embedding.ts'
import { trainRecommender } from '../src/evaluate/train-recommender.ts'
import { vectorScorer } from '../src/evaluate/vector-scorer.ts'
import { readSequences } from '../src/graph/sequences.ts'
import { transitionGraph } from '../src/graph/transitions.ts'
import { recommenders } from '../src/models/recommend/index.ts'
import type { Scorer } from '../src/models/recommend/family/scorer.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { inRegion, type Job, run } from '../src/train/run.ts'
import { finished } from './support/finished.ts'
import { dataFolder } from './support/graphs.ts'

const [folder = 'amazon-beauty'] = process.argv.slice(2)
const SEEDS = [1, 2, 3]
const K = [10]
/** How much less each step back in a sequence counts. */
const decays = [1, 0.8, 0.5]

interface Setting {
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
}
interface Score {
  readonly decay: number
  readonly hitRate: number
  readonly ndcg: number
}
interface Outcome {
  readonly seconds: number
  readonly scores: readonly Score[]
  readonly attention: Readonly<Record<string, number>> | null
}
type Part = 'validation' | 'test'

interface Beauty {
  readonly splits: Readonly<Record<Part, NextItemSplit>>
  readonly attributes: Attributes
}

let cached: Promise<Beauty> | null = null
const load = (): Promise<Beauty> => (cached ??= read())

async function read(): Promise<Beauty> {
  const files = join(dataFolder, 'amazon-beauty')
  // Rows are in the order of each user's positions.
  const { sequences } = await readSequences(join(files, 'sequences.csv.gz'))
  const { attributes } = await readAttributes(join(files, 'item_attributes.csv.gz'), [
    { name: 'attribute', kind: 'tags' },
  ])
  const test = leaveLastItemOut(sequences)
  return {
    splits: { test, validation: leaveLastItemOut(test.train) },
    attributes: alignAttributes(attributes, sequences.items),
  }
}

async function evaluate(split: NextItemSplit, scorer: () => Scorer): Promise<Omit<Score, 'decay'>> {
  const ranking = function* (): Job<RankingResult> {
    return yield* evaluateNextItem(scorer(), { ...split, seen: split.seen.placed() }, { k: K })
  }
  const { means } = await run(inRegion(ranking(), (result) => result))
  return { hitRate: means['hitRate@10'], ndcg: means['ndcg@10'] }
}

const isRecommender = (method: string): boolean => recommenders.some(({ name }) => name === method)

function outcome({ method, config }: Setting, seed: number, part: Part): Promise<Outcome> {
  return finished(folder, { method, config, seed, part }, async () => {
    const { splits, attributes } = await load()
    const split = splits[part]
    const { users, items } = split.train
    const started = performance.now()
    if (isRecommender(method)) {
      using model = await trainRecommender(
        { users, items, matrix: split.seen, times: null },
        { method, config, seed },
      )
      const seconds = (performance.now() - started) / 1000
      const score = await evaluate(split, () => model.scorer)
      return { seconds, scores: [{ decay: 1, ...score }], attention: null }
    }
    const input = { graph: transitionGraph(split.train), sequences: split.train, attributes }
    using model = await trainEmbedding(input, { method, config, seed })
    const seconds = (performance.now() - started) / 1000
    const { data, shape } = model.state.vectors
    // Without side information an item that nobody was at has no vector worth the name.
    const known =
      method === 'eges' || method === 'ges' ? new Uint8Array(items.size).fill(1) : knownItems(split)
    const scores: Score[] = []
    for (const decay of decays) {
      const make = (): Scorer =>
        scorerOfSequences(vectorScorer(new Matrix(...shape, data), { decay, known }), split)
      scores.push({ decay, ...(await evaluate(split, make)) })
    }
    return {
      seconds,
      scores,
      attention: (model.facts['attention'] as Outcome['attention'] | undefined) ?? null,
    }
  })
}

function knownItems({ train }: NextItemSplit): Uint8Array {
  const known = new Uint8Array(train.items.size)
  for (const item of train.sentences.tokens) known[item] = 1
  return known
}

const sideGrid = [
  { window: 2, epochs: 5 },
  { window: 5, epochs: 5, rate: 0.01 },
  { window: 5, epochs: 20, rate: 0.01 },
  { window: 5, epochs: 5, rate: 0.003 },
]
const grids: readonly (readonly [string, readonly Setting[]])[] = [
  ['Popularity', [{ method: 'popularity', config: {} }]],
  ['ItemKNN', [0, 10, 100].map((shrinkage) => ({ method: 'item-knn', config: { shrinkage } }))],
  [
    'Item2vec',
    [3, 8].flatMap((window) =>
      [20, 60].map((epochs) => ({ method: 'item2vec', config: { dim: 64, window, epochs, subsample: 0 } })),
    ),
  ],
  [
    'DeepWalk',
    [2, 5].flatMap((window) =>
      [1, 5].map((epochs) => ({
        method: 'deepwalk',
        config: { dim: 64, walks: 10, length: 10, window, epochs },
      })),
    ),
  ],
  ['GES', sideGrid.map((config) => ({ method: 'ges', config }))],
  ['EGES', sideGrid.map((config) => ({ method: 'eges', config }))],
]

const chosen: string[] = []
const rows: string[][] = []
for (const [name, settings] of grids) {
  let best: { setting: Setting; score: Score } | null = null
  for (const setting of settings) {
    for (const score of (await outcome(setting, 1, 'validation')).scores)
      if (!best || score.ndcg > best.score.ndcg) best = { setting, score }
  }
  const { setting, score } = best!
  const fixed = ['popularity', 'item-knn'].includes(setting.method)
  const each: Outcome[] = []
  for (const seed of fixed ? [1] : SEEDS) each.push(await outcome(setting, seed, 'test'))
  const of = (measure: 'hitRate' | 'ndcg'): string => {
    const { mean, std } = spread(
      each.map((o) => o.scores.find(({ decay }) => decay === score.decay)![measure]),
    )
    return fixed ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${std.toFixed(4)}`
  }
  rows.push([name, of('hitRate'), of('ndcg'), each.map((o) => o.seconds.toFixed(1)).join(', ')])
  const { attention } = each[0]
  chosen.push(
    `- ${name}: ${JSON.stringify(setting.config)}, decay ${score.decay}; validation NDCG@10 ${score.ndcg.toFixed(4)}` +
      (attention ? `; mean attention ${JSON.stringify(attention)}` : ''),
  )
}
console.log(
  tableMarkdown({
    title: 'Next item, last event of each of the users, full ranking',
    header: ['method', 'HR@10', 'NDCG@10', 'train s, per seed'],
    rows,
  }),
)
console.log(`\nChosen on validation:\n\n${chosen.join('\n')}`)
