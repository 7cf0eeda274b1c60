/**
 * What moves the clusterings of the tables, and what can be chosen without labels. Every run gives measures that need no label
 * (modularity of the labels on the graph, loss, share of the largest cluster) and, beside them, what the labels say. Prints Markdown
 * tables; resumable: run it again with the same folder and it goes on after the last result.
 *
 *     node bench/clustering-study.ts FOLDER STAGE …
 *
 * Seeds are not those of the tables. A setting is chosen by the greatest modularity, averaged over data sets and seeds.
 */
import { spread } from '../src/evaluate/seeds.ts'
import { type Table, tableMarkdown } from '../src/evaluate/table.ts'
import type { TableData, TableSet } from '../src/evaluate/tables/definition.ts'
import { acm, citeseer } from '../src/evaluate/tables/sets.ts'
import { trainClusterer } from '../src/evaluate/train-clusterer.ts'
import { agreement, clusterSizes } from '../src/metrics/clustering.ts'
import { modularity } from '../src/metrics/modularity.ts'
import { finished } from './support/finished.ts'
import { dataFolder } from './support/graphs.ts'

type Config = Readonly<Record<string, unknown>>

interface Looked {
  readonly modularity: number
  /** Loss over the last epoch. */
  readonly loss: number | null
  /** Share of the rows in the largest cluster. */
  readonly largest: number
  readonly acc: number
  readonly nmi: number
  /** ACC of the best state on the way, as the labels tell. */
  readonly oracle: number
}

const loaded = new Map<string, Promise<TableData>>()

async function look(set: TableSet, method: string, config: Config, seed: number): Promise<Looked> {
  return finished(folder, { set: set.name, method, config, seed }, async () => {
    const reading = loaded.get(set.name) ?? set.load(dataFolder)
    loaded.set(set.name, reading)
    const { input, truth } = await reading
    let oracle = 0
    const { labels, clusters, facts } = await trainClusterer(input, {
      method,
      config: { clusters: set.clusters, ...config },
      seed,
      observe: (seen) => (oracle = Math.max(oracle, agreement(truth, seen.labels).acc)),
    })
    const { acc, nmi } = agreement(truth, labels)
    const losses = facts['losses'] as Readonly<Record<string, number>> | undefined
    return {
      modularity: modularity({ adjacency: input.graph!, directed: false }, labels),
      loss: losses?.['total'] ?? null,
      largest: Math.max(...clusterSizes(labels, clusters)) / labels.length,
      acc,
      nmi,
      oracle: Math.max(oracle, acc),
    }
  })
}

/** Each setting on each data set with each seed. */
async function grid(
  title: string,
  sets: readonly TableSet[],
  method: string,
  settings: readonly (readonly [name: string, config: Config])[],
  seeds: readonly number[],
): Promise<void> {
  const rows: string[][] = []
  for (const [name, config] of settings) {
    const of: number[] = []
    const cells: string[] = []
    for (const set of sets) {
      const seen: Looked[] = []
      for (const seed of seeds) seen.push(await look(set, method, config, seed))
      of.push(...seen.map((each) => each.modularity))
      const figure = (pick: (each: Looked) => number): string => {
        const { mean, std } = spread(seen.map(pick))
        return `${(100 * mean).toFixed(1)} ± ${(100 * std).toFixed(1)}`
      }
      cells.push(
        figure((each) => each.modularity),
        figure((each) => each.acc),
        figure((each) => each.oracle),
      )
    }
    rows.push([name, (100 * spread(of).mean).toFixed(1), ...cells])
  }
  const header = [
    method,
    'modularity, mean',
    ...sets.flatMap((set) => ['modularity', 'ACC', 'oracle ACC'].map((of) => `${set.title} ${of}`)),
  ]
  const table: Table = { title, header, rows }
  console.log(`${tableMarkdown(table)}\n`)
}

const stages: Readonly<Record<string, () => Promise<void>>> = {
  // 30 epochs as in SDCN's paper, at three rates, and the 200 of GAE's authors.
  gae: async () => {
    const short = [1e-3, 3e-3, 1e-2].map((rate) => [rate, 30] as const)
    const settings = [...short, [1e-2, 200] as const].map(([rate, epochs]): [string, Config] => [
      `rate ${rate}, ${epochs} epochs`,
      { rate, epochs },
    ])
    await grid('GAE by rate and epochs', [acm, citeseer], 'gae', settings, [11, 12, 13])
  },
  pretraining: async () => {
    const settings = [64, 256].map((batch): [string, Config] => [`batches of ${batch}`, { batch }])
    await grid('Pre-training by the size of its batches', [acm], 'ae-kmeans', settings, [11, 12])
  },
}

const [folder = 'clustering-study', ...wanted] = process.argv.slice(2)
for (const name of wanted) {
  const stage = stages[name]
  if (!stage) throw new Error(`no stage ${name}: ${Object.keys(stages).join(', ')}`)
  await stage()
}
