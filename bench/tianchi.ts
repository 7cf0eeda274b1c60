/**
 * Links of the next day in the Tianchi log from embeddings of items, and the price of diversity. Prints Markdown tables; resumable:
 * run it again with the same folder and it goes on after the last result.
 *
 *     node bench/tianchi.ts FOLDER [SEEDS]
 *
 * Settings and how a user is made of items are chosen on the validation rows with seed 1; what is printed is of the test rows.
 */
import {
  evaluateNextItem,
  newCategories,
  type NextItemSplit,
  scorerOfSequences,
} from '../src/evaluate/next-item.ts'
import type { RankingResult } from '../src/evaluate/ranking.ts'
import { spread } from '../src/evaluate/seeds.ts'
import { tableMarkdown } from '../src/evaluate/table.ts'
import { trainEmbedding } from '../src/evaluate/train-embedding.ts'
import { trainRecommender } from '../src/evaluate/train-recommender.ts'
import { vectorScorer } from '../src/evaluate/vector-scorer.ts'
import { transitionGraph } from '../src/graph/transitions.ts'
import { heap } from '../src/kernels/heap.ts'
import { bothSpaces, learnDiversityMetric } from '../src/models/embed/family/diversity-metric.ts'
import type { FittedEmbedding } from '../src/models/embed/family/fitted.ts'
import type { Trajectory } from '../src/models/embed/family/multi-view-training.ts'
import type { Scorer } from '../src/models/recommend/family/scorer.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { Sparse } from '../src/tensor/sparse.ts'
import { inRegion, type Job, run } from '../src/train/run.ts'
import { finished } from './support/finished.ts'
import {
  type Aucs,
  aucs,
  byCategory,
  byCount,
  linkScores,
  tianchi,
  type Tianchi,
  unitRows,
  type UserView,
} from './support/tianchi.ts'

const [folder = 'tianchi', seeds = '1,2,3'] = process.argv.slice(2)
const SEEDS = seeds.split(',').map(Number)
const HOUR = 3_600_000
const views: readonly UserView[] = [0, 0.3].flatMap((decay) =>
  (['mean', 'max'] as const).map((pooling) => ({ decay, pooling })),
)
const cutoffs = [10, 50]
const weights = [0, 0.5, 1, 2, 4]

type Config = Readonly<Record<string, unknown>>
interface Setting {
  readonly method: string
  /** Hours of pause that begin a new session; 0: none. */
  readonly gap: number
  readonly preset?: string
  readonly config: Config
}

/** AUC for a way of making users of items, and of which vectors. */
interface Scored {
  readonly vectors: 'item' | 'all views'
  readonly view: UserView
  readonly validation: Aucs
  readonly test: Aucs
}
interface Matched {
  readonly name: string
  /** Hit rate and share of new categories at each cut-off. */
  readonly values: readonly number[]
}
interface Outcome {
  readonly seconds: number
  readonly scored: readonly Scored[]
  readonly matched: readonly Matched[]
  readonly attention: Readonly<Record<string, number>> | null
  readonly trajectory: Trajectory | null
}

let cached: Promise<Tianchi> | null = null
const load = (): Promise<Tianchi> => (cached ??= tianchi())

const isViews = ({ method }: Setting): boolean => method === 'm2grl'

function outcome(setting: Setting, seed: number): Promise<Outcome> {
  return finished(folder, { ...setting, seed }, async () => {
    const data = await load()
    const { method, gap, preset } = setting
    const graph = transitionGraph(data.sequences, gap > 0 ? { gap: gap * HOUR } : {})
    // The views are those of the paper; EGES also has the bucket of the price.
    const wanted = isViews(setting) ? ['category', 'brand'] : ['category', 'brand', 'price']
    const attributes = {
      ...data.attributes,
      fields: data.attributes.fields.filter(({ spec }) => wanted.includes(spec.name)),
    }
    const config = isViews(setting) ? { ...setting.config, gap } : setting.config
    const started = performance.now()
    using model = await trainEmbedding(
      { graph, sequences: data.sequences, attributes },
      { method, config, preset, seed },
    )
    const seconds = (performance.now() - started) / 1000
    const { vectors } = model.state
    const scored = score(data, 'item', vectors.data, model.dim)
    const matched = [await match(data, method, byVectors(vectors.data, model.dim))]
    if (isViews(setting)) {
      const joined = allViews(data, model)
      scored.push(...score(data, 'all views', joined, 2 * model.dim))
      for (const weight of weights) matched.push(await metric(data, model, weight, seed))
    }
    const { facts } = model
    return {
      seconds,
      scored,
      matched,
      attention: (facts['attention'] as Outcome['attention'] | undefined) ?? null,
      trajectory: (facts['trajectory'] as Trajectory | undefined) ?? null,
    }
  })
}

function score(data: Tianchi, name: Scored['vectors'], vectors: Float32Array, dim: number): Scored[] {
  return views.map((view) => ({
    vectors: name,
    view,
    validation: aucs(data, data.validation, linkScores(data, data.validation, vectors, dim, view)),
    test: aucs(data, data.test, linkScores(data, data.test, vectors, dim, view)),
  }))
}

/** An item's own vector beside that of its category, both at unit length. */
function allViews(data: Tianchi, model: FittedEmbedding): Float32Array {
  const { dim } = model
  const own = unitRows(model.state.vectors.data, dim)
  const category = unitRows(model.state.extra!['view category'].data as Float32Array, dim)
  const out = new Float32Array(own.length * 2)
  data.categoryOf.forEach((c, v) => {
    out.set(own.subarray(v * dim, (v + 1) * dim), v * 2 * dim)
    if (c >= 0) out.set(category.subarray(c * dim, (c + 1) * dim), (2 * v + 1) * dim)
  })
  return out
}

/**
 * Full ranking of all items that a user was not at: is one among the first that the user came to on the next day, and how many
 * are of a category that the user was not at in the ten days?
 */
async function match(
  data: Tianchi,
  name: string,
  scorer: (split: NextItemSplit) => Scorer,
): Promise<Matched> {
  const train = data.sequences
  const isNew = newCategories({ train, seen: data.pairs, test: data.pairs }, data.categoryOf, { days: 15 })
  const ranking = function* (): Job<RankingResult> {
    const split = { train, seen: data.pairs.placed(), test: nextDay(data) }
    return yield* evaluateNextItem(scorer(split), split, { k: cutoffs, isNew })
  }
  const { means, beyond } = await run(inRegion(ranking(), (result) => result))
  return { name, values: cutoffs.flatMap((k) => [means[`hitRate@${k}`], beyond[`newness@${k}`]]) }
}

const byVectors =
  (data: Float32Array, dim: number) =>
  (split: NextItemSplit): Scorer =>
    scorerOfSequences(vectorScorer(new Matrix(data.length / dim, dim, heap.place(data))), split)

/** The test links, by user. */
function nextDay({ test, sequences }: Tianchi): Sparse {
  const rows = Array.from({ length: sequences.users.size }, () => [] as number[])
  test.labels.forEach((label, k) => {
    if (label === 1 && test.users[k] >= 0) rows[test.users[k]].push(test.items[k])
  })
  const indptr = new Uint32Array(rows.length + 1)
  const sorted = rows.map((row) => [...new Set(row)].sort((a, b) => a - b))
  sorted.forEach((row, u) => (indptr[u + 1] = indptr[u] + row.length))
  return new Sparse(rows.length, sequences.items.size, indptr, Int32Array.from(sorted.flat()), null)
}

/** The multi-view metric on a fitted M2GRL. */
async function metric(
  data: Tianchi,
  model: FittedEmbedding,
  diversity: number,
  seed: number,
): Promise<Matched> {
  const settings = { diversity, margin: 1.2, metricSteps: 600, metricBatch: 512, metricRate: 0.005 }
  const { vectors, extra } = model.state
  const relation = extra!['relation category'].data as Float32Array
  const learning = function* (): Job<Float32Array> {
    const items = new Matrix<'item', 'latent'>(vectors.shape[0], model.dim, vectors.data)
    const x = bothSpaces(items, new Matrix(model.dim, model.dim, relation))
    const category = data.attributes.fields[0]
    const graph = transitionGraph(data.sequences)
    const learned = yield* learnDiversityMetric(x, graph, category, settings, new Random(seed))
    return learned.items.data.slice()
  }
  const learned = await run(inRegion(learning(), (result) => result))
  return match(data, `metric, weight ${diversity}`, byVectors(learned, model.dim))
}

/** The way of making users that validation prefers. */
function best({ scored }: Outcome, vectors: Scored['vectors']): Scored {
  return scored
    .filter((each) => each.vectors === vectors)
    .reduce((a, b) => (b.validation.all > a.validation.all ? b : a))
}

/** The setting that validation prefers with seed 1. */
async function choose(settings: readonly Setting[]): Promise<Setting> {
  const values: number[] = []
  for (const setting of settings) values.push(best(await outcome(setting, 1), 'item').validation.all)
  settings.forEach((s, i) => console.log(`- ${JSON.stringify(s)}: validation AUC ${values[i].toFixed(4)}`))
  return settings[values.indexOf(Math.max(...values))]
}

const number = (values: readonly number[]): string => {
  const { mean, std } = spread(values)
  return values.length > 1 ? `${mean.toFixed(4)} ± ${std.toFixed(4)}` : mean.toFixed(4)
}

const plain = await choose([0, 12].map((gap) => ({ method: 'bge', gap, config: {} })))
const { gap } = plain
const fixed = await choose(
  [0.1, 1].map((alignment) => ({ method: 'm2grl', gap, config: { weighting: 'fixed', alignment } })),
)
const rows: readonly (readonly [string, Setting])[] = [
  ['BGE', plain],
  ['GES', { method: 'ges', gap, config: {} }],
  ['EGES', { method: 'eges', gap, config: {} }],
  ['M2GRL, learned weights', { method: 'm2grl', gap, config: {} }],
  [`M2GRL, fixed weights (alignment ${fixed.config['alignment'] as number})`, fixed],
  ['M2GRL, official preset', { method: 'm2grl', gap, preset: 'official', config: {} }],
]

const data = await load()
const auc: string[][] = []
const diverse: string[][] = []
const percent = (values: readonly number[]): string[] => values.map((x) => `${(100 * x).toFixed(2)} %`)
const told = (name: string, { all, seen, unseen }: Aucs): void => {
  auc.push([name, '–', ...[all, seen, unseen].map((x) => x.toFixed(4)), '–'])
}
told('Popularity', aucs(data, data.test, byCount(data, data.test)))
told('Share of the user’s events in the category', aucs(data, data.test, byCategory(data, data.test)))
for (const method of ['popularity', 'item-knn']) {
  const { users, items } = data.sequences
  const { test, matched } = await finished(folder, { method }, async () => {
    using model = await trainRecommender({ users, items, matrix: data.pairs, times: null }, { method })
    const scores = Float64Array.from(data.test.items, (item, k) => {
      const user = data.test.users[k]
      return user < 0 ? 0 : model.score(users.id(user), [items.id(item)])[0]
    })
    return { test: aucs(data, data.test, scores), matched: await match(data, method, () => model.scorer) }
  })
  if (method === 'item-knn') told('ItemKNN', test)
  diverse.push([method, ...percent(matched.values)])
}

const moved: string[] = []
for (const [name, setting] of rows) {
  const each: Outcome[] = []
  for (const seed of SEEDS) each.push(await outcome(setting, seed))
  for (const kind of isViews(setting) ? (['item', 'all views'] as const) : (['item'] as const)) {
    const { view } = best(each[0], kind)
    const same = (s: Scored): boolean =>
      s.vectors === kind && s.view.decay === view.decay && s.view.pooling === view.pooling
    const chosen = each.map((o) => o.scored.find(same)!)
    auc.push([
      kind === 'item' ? name : `${name}: item and category vectors`,
      `${view.pooling}, λ ${view.decay}`,
      ...(['all', 'seen', 'unseen'] as const).map((part) => number(chosen.map((s) => s.test[part]))),
      each.map((o) => o.seconds.toFixed(0)).join(', '),
    ])
  }
  each[0].matched.forEach((first, m) => {
    const values = first.values.map((_, v) => spread(each.map((o) => o.matched[m].values[v])))
    const label = m === 0 ? name : `${name}, ${first.name}`
    diverse.push([
      label,
      ...values.map(({ mean, std }) =>
        each.length > 1
          ? `${(100 * mean).toFixed(2)} ± ${(100 * std).toFixed(2)} %`
          : `${(100 * mean).toFixed(2)} %`,
      ),
    ])
  })
  if (each[0].attention) {
    const text = Object.entries(each[0].attention).map(([field, a]) => `${field} ${a.toFixed(3)}`)
    moved.push(`- ${name}, mean attention (seed 1): ${text.join(', ')}.`)
  }
  const { trajectory } = each[0]
  if (trajectory && trajectory.sigma.length > 0) moved.push(weightsTable(name, trajectory))
}
console.log(
  `Session gap: ${gap === 0 ? 'none' : `${gap} h`}. Seeds ${SEEDS.join(', ')}: mean ± standard deviation.\n`,
)
console.log(
  tableMarkdown({
    title: 'AUC on the test rows of next_day_links',
    header: ['method', 'user', 'all', 'item seen', 'item unseen', 'train s, per seed'],
    rows: auc,
  }),
)
console.log(
  tableMarkdown({
    title: 'Hit rate on the next day, and share of answers from categories that are new to the user',
    header: ['method', ...cutoffs.flatMap((k) => [`HR@${k}`, `new@${k}`])],
    rows: diverse,
  }),
)
console.log(moved.join('\n\n'))

/** σ of each task along the training (seed 1), with its loss at the end. */
function weightsTable(name: string, { tasks, sigma, loss }: Trajectory): string {
  const shares = [0, 0.1, 0.25, 0.5, 0.75, 1]
  return tableMarkdown({
    title: `${name}: σ of each task`,
    header: ['task', ...shares.map((share) => `${100 * share} %`), 'loss at the end'],
    rows: tasks.map((task, t) => [
      task,
      ...shares.map((share) => sigma[Math.round(share * (sigma.length - 1))][t].toFixed(3)),
      loss.at(-1)![t].toFixed(3),
    ]),
  })
}
