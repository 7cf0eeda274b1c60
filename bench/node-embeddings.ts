/**
 * Node classification and link prediction from the vectors of DeepWalk, node2vec and LINE. Prints Markdown tables; resumable:
 * run it again with the same folder and it goes on after the last result.
 *
 *     node bench/node-embeddings.ts FOLDER [blogcatalog] [blogcatalog-pq] [wiki] [wiki-pq] [airports] [links]
 *
 * Settings are chosen on validation parts of the training nodes of each split; what is printed is of test nodes.
 */
import { tableMarkdown } from '../src/evaluate/table.ts'
import {
  evaluateClassification,
  type ShareScores,
  type SplitScores,
} from '../src/evaluate/node-classification.ts'
import { evaluateLinks, type LinkResult, summarizeLinks } from '../src/evaluate/link-prediction.ts'
import { splitEdges } from '../src/evaluate/link-split.ts'
import { type Spread, spread } from '../src/evaluate/seeds.ts'
import { trainEmbedding } from '../src/evaluate/train-embedding.ts'
import type { Graph } from '../src/graph/graph.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import type { Sparse } from '../src/tensor/sparse.ts'
import { run } from '../src/train/run.ts'
import { finished } from './support/finished.ts'
import { type DataName, type Labelled, readLabelled } from './support/labelled-graphs.ts'

const [folder = 'node-embeddings', ...asked] = process.argv.slice(2)
const stages = ['blogcatalog', 'blogcatalog-pq', 'wiki', 'wiki-pq', 'airports', 'links']
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
  // Awaited here: the model, and its memory with it, is given back when this function ends.
  return await use(new Matrix(shape[0], shape[1], data), (performance.now() - started) / 1000)
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
  share: number,
): Promise<{ readonly scores: Scores[number]; readonly picks: string }> {
  const results: Classified[] = []
  for (const setting of settings) results.push(await classify(data, setting, seed, [share]))
  const best = results[0].test[0].splits.map((_, split) => {
    const values = results.map(({ validation }) => validation[0].splits[split].macroF1)
    return values.indexOf(Math.max(...values))
  })
  const picks = settings
    .map((setting, k) => ({ setting, times: best.filter((b) => b === k).length }))
    .filter(({ times }) => times > 0)
    .sort((a, b) => b.times - a.times)
    .map(({ setting, times }) => `${pq(setting.config)} by ${times}`)
  return { scores: best.map((k, split) => results[k].test[0].splits[split]), picks: picks.join('; ') }
}

/** [share][split] */
type Scores = readonly (readonly { readonly microF1: number; readonly macroF1: number }[])[]

const pq = (config: Config): string => `p ${Number(config['p'] ?? 1)}, q ${Number(config['q'] ?? 1)}`
const percent = ({ mean, std }: Spread): string => `${(100 * mean).toFixed(2)} ± ${(100 * std).toFixed(2)}`
const cells = (scores: Scores, of: 'microF1' | 'macroF1'): string[] =>
  scores.map((splits) => percent(spread(splits.map((split) => split[of]))))

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
  { name: 'node2vec, p 0.25, q 0.25', method: 'node2vec', config: { ...walks, p: 0.25, q: 0.25 } },
  { name: 'LINE', method: 'line', config: {} },
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
  for (const { name, ...setting } of methods(walks)) {
    const scores = await overSeeds(data, setting, seeds, shares)
    rows.push([name, ...cells(scores, 'microF1'), ...cells(scores, 'macroF1')])
  }
  const header = ['', ...['micro', 'macro'].flatMap((name) => shares.map((s) => `${name} ${s * 100} %`))]
  console.log(`${tableMarkdown({ title: `${title}, ${seeds.length} seeds`, header, rows })}\n`)
}

/** p and q, at the walks of node2vec's paper; DeepWalk is p = q = 1. */
async function gridTable(data: DataName, title: string): Promise<void> {
  const settings = grid({ walks: 10, length: 80, window: 10 }, [0.25, 1, 4])
  const rows: string[][] = []
  for (const setting of settings) {
    const { test, validation } = await classify(data, setting, 1, [0.5])
    const [scores, held] = [test, validation].map((shares) => shares.map(({ splits }) => splits))
    rows.push([
      pq(setting.config),
      ...cells(held, 'macroF1'),
      ...cells(scores, 'microF1'),
      ...cells(scores, 'macroF1'),
    ])
  }
  const { scores, picks } = await chosen(data, settings, 1, 0.5)
  rows.push([
    'chosen by each split on its validation part',
    '',
    ...cells([scores], 'microF1'),
    ...cells([scores], 'macroF1'),
  ])
  const header = ['', 'macro, validation', 'micro, test', 'macro, test']
  console.log(`${tableMarkdown({ title: `${title}: p and q at 50 % labelled`, header, rows })}\n`)
  console.log(`Chosen: ${picks}.\n`)
}

interface Airport {
  readonly splits: readonly SplitScores[]
  /** Of the ten nearest by cosine, the shares that are neighbours in the graph, and that have the same label. */
  readonly adjacent: number
  readonly alike: number
}

/** Airports are labelled by how busy they are: a role, not a community. */
async function airports(): Promise<void> {
  const walks = { walks: 10, length: 80, window: 10, dim: 64, epochs: 3 }
  for (const data of ['brazil', 'europe', 'usa'] as const) {
    const rows: string[][] = []
    for (const setting of grid(walks, [0.25, 1, 4])) {
      const runs: Airport[] = []
      for (const seed of [1, 2, 3]) {
        const key = { task: 'airports', data, ...setting, seed }
        runs.push(await finished(folder, key, () => airport(data, setting, seed)))
      }
      const splits = runs.flatMap((each) => each.splits)
      rows.push([
        pq(setting.config),
        percent(spread(splits.map((split) => split.microF1))),
        percent(spread(splits.map((split) => split.macroF1))),
        percent(spread(runs.map((each) => each.adjacent))),
        percent(spread(runs.map((each) => each.alike))),
      ])
    }
    const alone = await finished(folder, { task: 'degree', data }, () => degreeAlone(data))
    rows.push([
      'degree alone',
      percent(spread(alone.map((split) => split.microF1))),
      percent(spread(alone.map((split) => split.macroF1))),
      '',
      '',
    ])
    const header = ['', 'micro 50 %', 'macro 50 %', 'neighbours among the 10 nearest', 'same role among them']
    console.log(`${tableMarkdown({ title: `Airports, ${data}`, header, rows })}\n`)
  }
}

/** The same protocol on two features: ln(1 + degree) and its square. */
async function degreeAlone(data: DataName): Promise<readonly SplitScores[]> {
  const { graph, labels } = await load(data)
  const features = Array.from({ length: graph.nodes.size }, (_, v) => {
    const size = Math.log1p(graph.adjacency.degree(v))
    return [size, size * size]
  })
  const options = { rng: new Random(SPLIT_SEED), shares: [0.5] }
  return (await run(evaluateClassification(Matrix.from(features), labels, options))).shares[0].splits
}

async function airport(data: DataName, setting: Setting, seed: number): Promise<Airport> {
  const { graph, labels } = await load(data)
  return embed(graph, setting, seed, async (vectors) => {
    const options = { rng: new Random(SPLIT_SEED), shares: [0.5] }
    const { shares } = await run(evaluateClassification(vectors, labels, options))
    return { splits: shares[0].splits, ...nearest(vectors, graph, labels) }
  })
}

function nearest(
  { rows, cols, data }: Matrix,
  { adjacency }: Graph,
  labels: Sparse,
): Omit<Airport, 'splits'> {
  const cosine = (a: number, b: number): number => {
    let [dot, x, y] = [0, 0, 0]
    for (let j = 0; j < cols; j++) {
      dot += data[a * cols + j] * data[b * cols + j]
      x += data[a * cols + j] ** 2
      y += data[b * cols + j] ** 2
    }
    return dot / Math.sqrt(x * y)
  }
  let [adjacent, alike] = [0, 0]
  for (let v = 0; v < rows; v++) {
    const others = Array.from({ length: rows }, (_, w) => ({ w, near: w === v ? -2 : cosine(v, w) }))
    others.sort((a, b) => b.near - a.near)
    for (const { w } of others.slice(0, 10)) {
      if (adjacency.has(v, w)) adjacent++
      if (labels.row(v)[0] === labels.row(w)[0]) alike++
    }
  }
  return { adjacent: adjacent / (10 * rows), alike: alike / (10 * rows) }
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

const titles = { blogcatalog: 'BlogCatalog', wiki: 'Wiki' } as const
for (const stage of wanted) {
  if (stage === 'airports') await airports()
  else if (stage === 'links') await links()
  else {
    const [data, part] = stage.split('-') as [keyof typeof titles, string | undefined]
    if (part === 'pq') await gridTable(data, titles[data])
    else await labelledTable(data, titles[data], { walks: 80, length: 40, window: 10 }, [1, 2, 3])
  }
}
