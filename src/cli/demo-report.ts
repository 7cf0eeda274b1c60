/** `homophily demo --report`: the main job on generated data, from interactions to recommendations, as a text. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Marketplace, sampleMarketplace } from '../data/sample.ts'
import { splitGlobalTime } from '../data/split.ts'
import { compareModels } from '../evaluate/compare.ts'
import type { Table } from '../evaluate/table.ts'
import { tableText, wrap } from '../evaluate/table.ts'
import type { Ranked } from '../models/answers.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { Random } from '../random.ts'
import { saveRecommender } from '../workspace/recommenders.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import type { Context, Output } from './context.ts'
import { kernelsInUse } from './context.ts'
import { counted, duration, shellWord } from './text.ts'
import { tryOut, type Trial } from './trial.ts'

const METHODS = ['popularity', 'item-knn', 'ease', 'gf-cf', 'fast-lightgcn']
const BASELINE = 'popularity'
const K = [10]
const METRIC = 'ndcg@10'

export interface ReportOptions {
  readonly seed: number
  /** Where the model is saved; by default in a new temporary folder. */
  readonly workspace?: string | undefined
}

/** Trains, evaluates and compares methods, saves the best, and recommends to a user. */
export async function demoReport(context: Context, flags: ReportOptions): Promise<Output> {
  const started = performance.now()
  context.announceKernels()
  const market = sampleMarketplace(new Random(flags.seed))
  context.notice(market.description)
  const split = splitGlobalTime(market.interactions, { test: 0.2 })
  const trials = new Map<string, Trial>()
  for (const method of METHODS) {
    context.progress.begin(method)
    const trial = await tryOut(context, split, { method, seed: flags.seed }, K)
    trials.set(method, trial)
    context.notice(`${method}: trained in ${duration(trial.seconds)}`)
  }
  const runs = [...trials].map(([name, { result, seconds }]) => ({ name, result: result!, seconds }))
  const comparison = compareModels(runs, { baseline: BASELINE, metric: METRIC, rng: new Random(flags.seed) })
  const [best] = [...trials]
    .sort(([, a], [, b]) => b.result!.means[METRIC] - a.result!.means[METRIC])
    .map(([name]) => name) as [string]
  const { model, result } = trials.get(best)!
  const story = storyOf(market, model)

  context.check()
  const directory = flags.workspace ?? (await mkdtemp(join(tmpdir(), 'homophily-demo-')))
  const saved = await saveRecommender(await openWorkspace(directory), best, model, {
    metrics: result!.means,
    data: { sources: ['generated marketplace'], split: 'by global time' },
  })
  for (const trial of trials.values()) trial.model.dispose()
  const seconds = (performance.now() - started) / 1000
  const value = {
    command: 'demo',
    generated: market.description,
    comparison: comparison.rows,
    ...story,
    model: saved,
    workspace: directory,
    seconds,
    kernels: kernelsInUse(),
  }

  const at = shellWord(directory)
  const sizes = `${counted(split.train.matrix.nnz, 'interaction')} before a moment in time to learn from, the ${counted(split.test!.matrix.nnz, 'interaction')} after it to find.`
  const text = [
    'homophily demo: recommendations for a marketplace that does not exist\n═════════════════════════════════════════════════════════════════════',
    wrap(market.description, 100),
    wrap(
      `${sizes} Each of the ${comparison.counts.evaluated} users with test items gets a list of 10 from all items they do not have yet.`,
      100,
    ),
    tableText(comparisonTable(comparison), 100),
    wrap(
      `recall@10: share of a user's later items that are in the list. ndcg@10: the same, but higher places count more. coverage: share of all items that anybody is shown. The interval says how sure the difference in ndcg@10 is.`,
      100,
    ),
    storyText(best, story),
    wrap(
      `${best} has the best ndcg@10 here. It is saved as version ${saved.version} in ${directory}; all of this took ${duration(seconds)} (${kernelsInUse()}).`,
      100,
    ),
    `Try next:
  homophily recommend ${best} --user ${shellWord(story.user)} --workspace ${at}
  homophily similar ${best} --item ${shellWord(story.recommended[0].id)} --workspace ${at}
  homophily train fast-lightgcn your-interactions.csv`,
  ]
  return context.answer(value, `${text.join('\n\n')}\n`)
}

function comparisonTable({ rows }: ReturnType<typeof compareModels>): Table {
  return {
    title: 'Methods, all on the same split',
    header: ['method', 'recall@10', 'ndcg@10', 'vs. popularity', '95 % interval', 'coverage', 'train s'],
    rows: rows.map(({ name, means, beyond, difference, seconds }) => [
      name,
      means['recall@10'].toFixed(4),
      means['ndcg@10'].toFixed(4),
      difference ? signed(difference.difference) : 'baseline',
      difference ? `[${signed(difference.low)}, ${signed(difference.high)}]` : '',
      `${(100 * beyond['coverage@10']).toFixed(0)} %`,
      seconds.toFixed(2),
    ]),
  }
}

function signed(x: number): string {
  return `${x > 0 ? '+' : ''}${x.toFixed(4)}`
}

interface Story {
  readonly user: string
  /** Items of the user in train, per category, most first. */
  readonly history: readonly (readonly [category: string, items: number])[]
  readonly recommended: readonly (Ranked & { readonly category: string })[]
}

/** A user whose history says something: the first with between 15 and 25 items. */
function storyOf(market: Marketplace, model: FittedRecommender): Story {
  const { users, items, matrix } = model.interactions
  const row =
    Array.from({ length: users.size }, (_, u) => u).find(
      (u) => matrix.degree(u) >= 15 && matrix.degree(u) <= 25,
    ) ?? 0
  const user = users.id(row)
  const counts = new Map<string, number>()
  for (const item of matrix.row(row)) {
    const category = market.itemCategories[item]
    counts.set(category, (counts.get(category) ?? 0) + 1)
  }
  const history = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const recommended = model
    .recommend(user, { n: 5 })
    .map((ranked) => ({ ...ranked, category: market.itemCategories[items.row(ranked.id)] }))
  return { user, history, recommended }
}

function storyText(method: string, { user, history, recommended }: Story): string {
  const shown = new Map(history)
  const bought = history.map(([category, items]) => `${items} × ${category}`).join(', ')
  const lines = recommended.map(({ id, category }, i) => {
    const before = shown.get(category) ?? 0
    const why =
      before > 0
        ? `has ${before} of the category ${category}`
        : `has no ${category} yet: people with similar items do`
    return `  ${i + 1}  ${id.padEnd(12)} ${why}`
  })
  return `${wrap(`${user} has ${bought}.`, 100, '  ')}\n${method} recommends:\n${lines.join('\n')}`
}
