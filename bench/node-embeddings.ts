/**
 * Node classification and link prediction from the vectors of DeepWalk, node2vec and LINE. Prints Markdown tables; resumable:
 * run it again with the same folder and it goes on after the last result.
 *
 *     node bench/node-embeddings.ts FOLDER [blogcatalog] [wiki] [airports] [links]
 *
 * Settings are chosen on validation parts of the training nodes of each split; what is printed is of test nodes.
 */
import { tableMarkdown } from '../src/evaluate/table.ts'
import { evaluateClassification, type ShareScores } from '../src/evaluate/node-classification.ts'
import { evaluateLinks, type LinkResult, summarizeLinks } from '../src/evaluate/link-prediction.ts'
import { splitEdges } from '../src/evaluate/link-split.ts'
import { type Spread, spread } from '../src/evaluate/seeds.ts'
import { trainEmbedding } from '../src/evaluate/train-embedding.ts'
import type { Graph } from '../src/graph/graph.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { run } from '../src/train/run.ts'
import { finished } from './support/finished.ts'
import { type DataName, type Labelled, readLabelled } from './support/labelled-graphs.ts'

const [folder = 'node-embeddings', ...asked] = process.argv.slice(2)
const stages = ['blogcatalog', 'wiki', 'airports', 'links']
for (const name of asked)
  if (!stages.includes(name)) throw new Error(`no stage ${name}: ${stages.join(', ')}`)
const wanted = asked.length > 0 ? asked : stages

type Config = Readonly<Record<string, unknown>>

interface Setting {
  readonly method: string
  readonly config: Config
}

interface Classified {
  readonly seconds: number
  readonly test: readonly ShareScores[]
  readonly validation: readonly ShareScores[]
}

/** The splits of nodes are the same for every method and seed. */
const SPLIT_SEED = 1
const VALIDATION = 0.2

const cached = new Map<DataName, Promise<Labelled>>()
function load(data: DataName): Promise<Labelled> {
  const found = cached.get(data) ?? readLabelled(data)
  cached.set(data, found)
  return found
}

async function embed<T>(
  graph: Graph,
  { method, config }: Setting,
  seed: number,
  use: (vectors: Matrix, seconds: number) => Promise<T>,
): Promise<T> {
  const started = performance.now()
  using model = await trainEmbedding({ graph }, { method, config, seed })
  const { data, shape } = model.state.vectors
  return use(new Matrix(shape[0], shape[1], data), (performance.now() - started) / 1000)
}

function classify(
  data: DataName,
  setting: Setting,
  seed: number,
  shares: readonly number[],
): Promise<Classified> {
  return finished(folder, { task: 'classify', data, ...setting, seed, shares }, async () => {
    const { graph, labels } = await load(data)
    return embed(graph, setting, seed, async (vectors, seconds) => {
      const scores = async (validation: number): Promise<readonly ShareScores[]> => {
        const options = { rng: new Random(SPLIT_SEED), shares, validation }
        return (await run(evaluateClassification(vectors, labels, options))).shares
      }
      return { seconds, test: await scores(0), validation: await scores(VALIDATION) }
    })
  })
}

/** Scores of several settings, of which each split takes the best on its own validation part. */
async function chosen(
  data: DataName,
  settings: readonly Setting[],
  seed: number,
  shares: readonly number[],
): Promise<{ readonly scores: Scores; readonly picks: readonly string[] }> {
  const results: Classified[] = []
  for (const setting of settings) results.push(await classify(data, setting, seed, shares))
  const picks: string[] = []
  const scores = shares.map((share, s) => {
    const best = results[0].test[s].splits.map((_, split) => {
      const values = results.map(({ validation }) => validation[s].splits[split].macroF1)
      return values.indexOf(Math.max(...values))
    })
    const counts = settings.map((setting, k) => ({ setting, times: best.filter((b) => b === k).length }))
    const named = counts
      .filter(({ times }) => times > 0)
      .sort((a, b) => b.times - a.times)
      .map(({ setting, times }) => `${pq(setting.config)} (${times})`)
    picks.push(`${share * 100} %: ${named.join(', ')}`)
    return best.map((k, split) => results[k].test[s].splits[split])
  })
  return { scores, picks }
}

/** [share][split] */
type Scores = readonly (readonly { readonly microF1: number; readonly macroF1: number }[])[]

const pq = (config: Config): string => `p ${Number(config['p'] ?? 1)}, q ${Number(config['q'] ?? 1)}`
const percent = ({ mean, std }: Spread): string => `${(100 * mean).toFixed(2)} ± ${(100 * std).toFixed(2)}`
const row = (name: string, scores: Scores): string[] => [
  name,
  ...scores.map((splits) => percent(spread(splits.map((split) => split.microF1)))),
  ...scores.map((splits) => percent(spread(splits.map((split) => split.macroF1)))),
]

/** Splits of every seed together: the spread is over splits and seeds. */
async function overSeeds(
  data: DataName,
  setting: Setting,
  seeds: readonly number[],
  shares: readonly number[],
): Promise<Scores> {
  const runs: Classified[] = []
  for (const seed of seeds) runs.push(await classify(data, setting, seed, shares))
  return shares.map((_, s) => runs.flatMap(({ test }) => test[s].splits))
}

const methods = (walks: Config): readonly (Setting & { readonly name: string })[] => [
  { name: 'DeepWalk', method: 'deepwalk', config: walks },
]

const grid = (walks: Config, values: readonly number[]): Setting[] =>
  values.flatMap((p) =>
    values.map((q) =>
      p === 1 && q === 1
        ? { method: 'deepwalk', config: walks }
        : { method: 'node2vec', config: { ...walks, p, q } },
    ),
  )

async function labelledTable(
  data: DataName,
  title: string,
  walks: Config,
  seeds: readonly number[],
): Promise<void> {
  const shares = [0.1, 0.5, 0.9]
  const rows: string[][] = []
  for (const { name, ...setting } of methods(walks))
    rows.push(row(`${name}, ${seeds.length} seeds`, await overSeeds(data, setting, seeds, shares)))
  const settings = grid(walks, [0.25, 1, 4])
  const { scores, picks } = await chosen(data, settings, 1, shares)
  rows.push(row('node2vec, p and q on validation', scores))
  for (const setting of settings) {
    const { test } = await classify(data, setting, 1, shares)
    rows.push(
      row(
        pq(setting.config),
        test.map(({ splits }) => splits),
      ),
    )
  }
  const header = [
    '',
    ...['micro', 'macro'].flatMap((name) => shares.map((share) => `${name} ${share * 100} %`)),
  ]
  console.log(`${tableMarkdown({ title, header, rows })}\n`)
  for (const pick of picks) console.log(`- ${pick}`)
  console.log()
}

async function airports(): Promise<void> {
  const walks = { walks: 10, length: 80, window: 10, dim: 64, epochs: 3 }
  const values = [0.25, 1, 4]
  for (const data of ['brazil', 'europe', 'usa'] as const) {
    const rows: string[][] = []
    for (const setting of grid(walks, values)) {
      const [splits] = await overSeeds(data, setting, [1, 2, 3], [0.5])
      rows.push([
        pq(setting.config),
        percent(spread(splits.map((split) => split.microF1))),
        percent(spread(splits.map((split) => split.macroF1))),
      ])
    }
    console.log(
      `${tableMarkdown({ title: `Airports, ${data}: 50 % labelled`, header: ['', 'micro', 'macro'], rows })}\n`,
    )
  }
}

async function links(): Promise<void> {
  for (const data of ['blogcatalog', 'wiki'] as const) {
    const setting = { method: 'deepwalk', config: { walks: 10, length: 40, window: 10 } }
    const runs: { seed: number; result: LinkResult }[] = []
    for (const seed of [1, 2, 3]) {
      const key = { task: 'links', data, ...setting, seed, share: 0.2 }
      const result = await finished(folder, key, async () => {
        const { graph } = await load(data)
        const rng = new Random(seed)
        const split = splitEdges(graph, { share: 0.2, rng: rng.stream('split') })
        return embed(split.train, setting, seed, (vectors) =>
          run(evaluateLinks(vectors, split, { rng: rng.stream('evaluation') })),
        )
      })
      runs.push({ seed, result })
    }
    const { scores, counts } = summarizeLinks(runs, 'connected')
    const names = Object.keys(scores[0].measures)
    console.log(
      `${tableMarkdown({
        title: `${data}: ${counts.heldOut} of ${counts.edges} edges held out, ${setting.method}`,
        header: ['score', ...names],
        rows: scores.map(({ score, measures }) => [score, ...names.map((name) => percent(measures[name]))]),
      })}\n`,
    )
  }
}

for (const stage of wanted) {
  if (stage === 'blogcatalog') {
    await labelledTable('blogcatalog', 'BlogCatalog', { walks: 80, length: 40, window: 10 }, [1, 2, 3])
  } else if (stage === 'wiki') {
    await labelledTable('wiki', 'Wiki', { walks: 80, length: 40, window: 10 }, [1, 2, 3])
  } else if (stage === 'airports') await airports()
  else await links()
}
