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
import { acm, citeseer, mnist, neighbourGraph, usps } from '../src/evaluate/tables/sets.ts'
import { trainClusterer } from '../src/evaluate/train-clusterer.ts'
import { agreement, clusterSizes } from '../src/metrics/clustering.ts'
import { modularity } from '../src/metrics/modularity.ts'
import {
  createAutoencoder,
  descend,
  encodeRows,
  meanSquaredError,
  minibatches,
  runPhase,
  stack,
  takeRows,
  withTranspose,
} from '../src/nn/index.ts'
import { gaussianMixture } from '../src/nn/clustering/gaussian-mixture.ts'
import { kMeans } from '../src/nn/clustering/k-means.ts'
import { keptInMemory } from '../src/nn/training/pretraining.ts'
import { heap } from '../src/kernels/heap.ts'
import { Random } from '../src/random.ts'
import { placeFeatures } from '../src/tensor/features.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { adam, sgd } from '../src/tensor/optimiser.ts'
import { cosine } from '../src/tensor/schedule.ts'
import { inRegion, type Job, run, runSync } from '../src/train/run.ts'
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

/** The data of a set, read once. */
function dataOf(set: TableSet): Promise<TableData> {
  const reading = loaded.get(set.name) ?? set.load(dataFolder)
  loaded.set(set.name, reading)
  return reading
}

async function look(set: TableSet, method: string, config: Config, seed: number): Promise<Looked> {
  return finished(folder, { set: set.name, method, config, seed }, async () => {
    const { input, truth } = await dataOf(set)
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
      modularity: input.graph ? modularity({ adjacency: input.graph, directed: false }, labels) : NaN,
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
        return `${(100 * mean).toFixed(1)}${Number.isNaN(std) ? '' : ` ± ${(100 * std).toFixed(1)}`}`
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

interface Point {
  readonly epoch: number
  /** NaN where the data set has no graph. */
  readonly modularity: number
  readonly acc: number
  /** Of reconstruction, over the last epoch. */
  readonly loss: number
}

interface Pretraining {
  readonly epochs: number
  readonly every: number
  /** Of Adam's rate .001: as it is, or down to 0 along a half cosine. */
  readonly rate?: 'constant' | 'cosine'
  /** 'sgd': at rate 1 with momentum .9, as in the Keras code of DEC. */
  readonly optimiser?: 'adam' | 'sgd'
}

/** K-means on the code of the autoencoder as its pre-training goes on. */
async function curve(set: TableSet, how: Pretraining, seeds: readonly number[]): Promise<void> {
  const rows: string[][] = []
  for (const seed of seeds) {
    const points = await finished(folder, { set: set.name, what: 'pre-training', ...how, seed }, () =>
      follow(set, how, seed),
    )
    const row = (name: string, of: (point: Point) => string) =>
      rows.push([`seed ${seed}, ${name}`, ...points.map(of)])
    row('error', (point) => point.loss.toFixed(5))
    if (set.hasGraph) row('modularity', (point) => (100 * point.modularity).toFixed(1))
    row('ACC', (point) => (100 * point.acc).toFixed(1))
  }
  const epochs = Array.from({ length: how.epochs / how.every }, (_, i) => String((i + 1) * how.every))
  const title = `${set.title}, pre-training (${JSON.stringify(how)}), by epochs`
  console.log(`${tableMarkdown({ title, header: ['', ...epochs], rows })}\n`)
}

async function follow(
  set: TableSet,
  { epochs, every, rate = 'constant', optimiser = 'adam' }: Pretraining,
  seed: number,
): Promise<readonly Point[]> {
  const { input, truth } = await set.load(dataFolder)
  const points: Point[] = []
  function* job(): Job<void> {
    const x = withTranspose(placeFeatures(input.features!))
    const rng = new Random(seed)
    const network = createAutoencoder([x.cols, 500, 500, 2000, 10], rng.stream('init'))
    const batches = minibatches(x.rows, 256, rng.stream('batches'))
    const step = descend({
      params: network,
      optimiser: (params) =>
        optimiser === 'sgd' ? sgd(params, { rate: 1, momentum: 0.9 }) : adam(params, { rate: 1e-3 }),
      ...(rate === 'cosine' ? { rate: cosine(1e-3) } : {}),
      forward({ encoder, decoder }, rows: Int32Array) {
        const own = takeRows(x, rows)
        return { own, xHat: stack(decoder, stack(encoder, own)) }
      },
      terms: [{ name: 'reconstruction', weight: 1, of: ({ xHat, own }) => meanSquaredError(xHat, own) }],
    })
    let sum = 0
    yield* runPhase({
      name: 'pretrain',
      epochs,
      batches,
      step(rows, progress) {
        const losses = step(rows, progress)
        sum += losses['total']
        return losses
      },
      after(epoch) {
        const loss = sum / batches.perEpoch
        sum = 0
        if (epoch % every > 0) return
        heap.scope(() => {
          const latent = runSync(encodeRows(x, network.encoder))
          const { labels } = runSync(kMeans(latent, set.clusters, { rng, restarts: 20 }))
          const graph = input.graph && { adjacency: input.graph, directed: false }
          const point = {
            epoch,
            modularity: graph ? modularity(graph, labels) : NaN,
            acc: agreement(truth, labels).acc,
            loss,
          }
          console.error(JSON.stringify(point))
          points.push(point)
        })
      },
    })
  }
  await run(inRegion(job(), () => undefined))
  return points
}

/** A training of SDCN, every few epochs. */
interface Moment {
  readonly epoch: number
  readonly found: number
  readonly modularity: number
  readonly acc: number
}

async function sdcnByEpochs(
  set: TableSet,
  config: Config,
  seed: number,
  every = 5,
): Promise<readonly Moment[]> {
  return finished(folder, { set: set.name, what: 'sdcn by epochs', config, every, seed }, async () => {
    const { input, truth } = await dataOf(set)
    const moments: Moment[] = []
    await trainClusterer(input, {
      method: 'sdcn',
      config: { clusters: set.clusters, ...config },
      seed,
      observe({ epoch, labels }) {
        if (epoch % every > 0) return
        moments.push({
          epoch,
          found: clusterSizes(labels, set.clusters).filter((size) => size > 0).length,
          modularity: modularity({ adjacency: input.graph!, directed: false }, labels),
          acc: agreement(truth, labels).acc,
        })
      },
    })
    return moments
  })
}

/** What a training keeps that looks at every epoch and ends `patience` epochs after its most modular one, `epochs` at the latest. */
function keptMoment(moments: readonly Moment[], patience: number, epochs: number): Moment {
  let [best] = moments
  for (const moment of moments) {
    if (moment.epoch > Math.min(epochs, best.epoch + patience)) break
    if (moment.modularity > best.modularity) best = moment
  }
  return best
}

/** ACC of what reads clusters off one autoencoder, and of what trains on from it. */
async function readings(
  set: TableSet,
  seed: number,
  settings: Config,
  scale: 'as it is' | 'mean square 1' = 'as it is',
): Promise<Readonly<Record<string, number>>> {
  const key = { set: set.name, what: 'readings of a code', seed, ...settings }
  return finished(folder, scale === 'as it is' ? key : { ...key, scale }, async () => {
    const { input: given, truth } = await dataOf(set)
    const features = scale === 'as it is' ? given.features! : ofMeanSquareOne(given.features as Matrix)
    const input = { ...given, features }
    const pretrained = keptInMemory()
    const config = { clusters: set.clusters, ...settings }
    const fit = (method: string) => trainClusterer(input, { method, config, seed, pretrained })
    const acc = (labels: Int32Array): number => agreement(truth, labels).acc
    const found: Record<string, number> = {}
    const { labels, latent } = await fit('ae-kmeans')
    found['k-means'] = acc(labels)
    for (const covariance of ['diagonal', 'full'] as const) {
      const mixture = () => {
        const code = new Matrix(latent!.rows, latent!.cols, heap.place(latent!.data))
        return gaussianMixture(code, set.clusters, { rng: new Random(seed), covariance, restarts: 3 })
      }
      found[`mixture, ${covariance}`] = await run(inRegion(mixture(), (result) => acc(result.labels)))
    }
    for (const method of ['dec', 'idec']) found[method] = acc((await fit(method)).labels)
    return found
  })
}

/** Of AE + k-means as trained and within, from one autoencoder. */
async function metrics(set: TableSet, seed: number): Promise<readonly { modularity: number; acc: number }[]> {
  return finished(folder, { set: set.name, what: 'metrics of a code', seed }, async () => {
    const { input, truth } = await dataOf(set)
    const adjacency = input.graph ?? neighbourGraph(input.features!)
    const pretrained = keptInMemory()
    const found: { modularity: number; acc: number }[] = []
    for (const metric of ['as trained', 'within']) {
      const config = { clusters: set.clusters, metric }
      const { labels } = await trainClusterer(input, { method: 'ae-kmeans', config, seed, pretrained })
      found.push({
        modularity: modularity({ adjacency, directed: false }, labels),
        acc: agreement(truth, labels).acc,
      })
    }
    return found
  })
}

/** A column for each way, seed 11. */
function printReadings(
  set: TableSet,
  ways: Readonly<Record<string, Readonly<Record<string, number>>>>,
): void {
  const [first] = Object.values(ways)
  const rows = Object.keys(first).map((name) => [
    name,
    ...Object.values(ways).map((found) => (100 * found[name]).toFixed(1)),
  ])
  const header = ['ACC', ...Object.keys(ways)]
  console.log(`${tableMarkdown({ title: `${set.title}, seed 11`, header, rows })}\n`)
}

/** As DEC's paper takes its data: Σ x² / numbers = 1. */
function ofMeanSquareOne({ rows, cols, data }: Matrix): Matrix {
  const square = data.reduce((sum, value) => sum + value * value, 0) / data.length
  return new Matrix(
    rows,
    cols,
    data.map((value) => value / Math.sqrt(square)),
  )
}

const stages: Readonly<Record<string, () => Promise<void>>> = {
  // 30 epochs as in SDCN's paper, and longer; the codes as they are and their directions.
  gae: async () => {
    const settings = [1e-3, 3e-3, 1e-2].flatMap((rate) =>
      [30, 60, 100, 200].map((epochs): [string, Config] => [
        `rate ${rate}, ${epochs} epochs`,
        { rate, epochs },
      ]),
    )
    const seeds = [11, 12, 13]
    await grid('GAE by rate and epochs', [acm, citeseer], 'gae', settings, seeds)
    const raw = settings
      .filter(([, { rate }]) => rate === 3e-3)
      .map(([name, config]): [string, Config] => [`${name}, lengths kept`, { ...config, directions: false }])
    await grid('GAE, codes as they are', [acm, citeseer], 'gae', raw, seeds)
    const variational = settings.filter(([, { rate, epochs }]) => rate === 3e-3 && Number(epochs) <= 100)
    await grid('VGAE', [acm, citeseer], 'vgae', variational, seeds)
  },
  pretraining: async () => {
    await curve(acm, { epochs: 48, every: 4 }, [11])
  },
  mnist: async () => {
    await curve(mnist, { epochs: 30, every: 5, rate: 'cosine' }, [11])
    await curve(mnist, { epochs: 100, every: 10 }, [11])
    await curve(mnist, { epochs: 30, every: 10, optimiser: 'sgd' }, [11])
    const { acc } = await look(mnist, 'ae-kmeans', { corruption: 0.2 }, 11)
    console.log(`MNIST, 30 epochs, a fifth of the inputs set to zero: ACC ${(100 * acc).toFixed(1)}\n`)
  },
  // Where SDCN's labels go from one autoencoder each, and whether the graph tells.
  sdcn: async () => {
    const all = { runs: 1, keep: 'last' }
    for (const [set, config, seeds, every] of [
      [citeseer, { ...all, epochs: 200, rate: 1e-4 }, 8, 20],
      [acm, { ...all, epochs: 200 }, 3, 20],
      [citeseer, { ...all, epochs: 100 }, 4, 10],
    ] as const) {
      for (let seed = 11; seed < 11 + seeds; seed++) {
        const moments = await sdcnByEpochs(set, config, seed)
        const shown = moments.filter(({ epoch }) => epoch % every === 0)
        const best = moments.reduce((a, b) => (b.modularity > a.modularity ? b : a))
        shown.push(best)
        const header = ['epoch (the last: the most modular)', ...shown.map(({ epoch }) => String(epoch))]
        const rows = [
          ['clusters', ...shown.map(({ found }) => String(found))],
          ['modularity', ...shown.map((each) => (100 * each.modularity).toFixed(1))],
          ['ACC', ...shown.map((each) => (100 * each.acc).toFixed(1))],
        ]
        const title = `SDCN on ${set.title} (${JSON.stringify(config)}), seed ${seed}`
        console.log(`${tableMarkdown({ title, header, rows })}\n`)
      }
    }
  },
  // What a stop after few epochs without gain keeps, and what a later one would have kept.
  late: async () => {
    const config = { runs: 1, keep: 'last', epochs: 120 }
    const rows: string[][] = []
    for (const [set, seeds] of [
      [acm, [11, 12, 13, 14, 15, 16, 17, 18]],
      [citeseer, [11, 12, 13, 14, 15, 16]],
      [usps, [12]],
    ] as const) {
      for (const seed of seeds) {
        const moments = await sdcnByEpochs(set, config, seed, 1)
        const kept = [keptMoment(moments, 10, 50), keptMoment(moments, 50, config.epochs)]
        rows.push([
          `${set.title}, seed ${seed}`,
          ...kept.flatMap(({ epoch, modularity, acc }) => [
            String(epoch),
            (100 * modularity).toFixed(1),
            (100 * acc).toFixed(1),
          ]),
        ])
      }
    }
    const header = ['', ...['patience 10', 'patience 50'].flatMap((of) => [of, 'modularity', 'ACC'])]
    console.log(`${tableMarkdown({ title: 'SDCN, the epoch that is kept', header, rows })}\n`)
  },
  // Whether it is the code or k-means that falls short, and what DEC's own schedule of pre-training gains.
  code: async () => {
    for (const set of [usps, mnist]) {
      const plain = await readings(set, 11, {})
      const layerwise = await readings(set, 11, { pretrainSchedule: 'layerwise' })
      printReadings(set, { plain, 'layer-wise': layerwise })
    }
  },
  // DEC's kernel and IDEC's balance of its terms know how long rows are.
  scale: async () => {
    for (const set of [usps, mnist]) {
      const given = await readings(set, 11, {})
      const scaled = await readings(set, 11, {}, 'mean square 1')
      printReadings(set, { 'as it is': given, 'mean square 1': scaled })
    }
  },
  // The code as it was trained and in the metric of its own clusters: what a graph says of both, and the labels.
  metric: async () => {
    const rows: string[][] = []
    for (const [set, seeds] of [
      [usps, [11, 12]],
      [acm, [11, 12]],
      [citeseer, [11, 12]],
      [mnist, [11]],
    ] as const) {
      for (const seed of seeds) {
        const found = await metrics(set, seed)
        const figures = found.flatMap((each) => [each.modularity, each.acc])
        rows.push([`${set.title}, seed ${seed}`, ...figures.map((figure) => (100 * figure).toFixed(1))])
      }
    }
    const header = ['', ...['as trained', 'within'].flatMap((of) => [`${of}, modularity`, 'ACC'])]
    console.log(`${tableMarkdown({ title: 'AE + k-means by the metric of the code', header, rows })}\n`)
    const trained = await readings(mnist, 11, {})
    printReadings(mnist, { 'as trained': trained, within: await readings(mnist, 11, { metric: 'within' }) })
  },
  // A smaller network than the tables', whose autoencoders differ more.
  starts: async () => {
    const hidden = [100, 100, 400]
    const seeds = Array.from({ length: 8 }, (_, i) => 11 + i)
    const alone: Looked[] = []
    for (const seed of seeds) alone.push(await look(acm, 'ae-kmeans', { hidden }, seed))
    const rows = [
      ['modularity', ...alone.map((each) => (100 * each.modularity).toFixed(1))],
      ['ACC', ...alone.map((each) => (100 * each.acc).toFixed(1))],
    ]
    const header = ['seed', ...seeds.map(String)]
    console.log(`${tableMarkdown({ title: 'ACM, AE (100-100-400-10) + k-means', header, rows })}\n`)
  },
  // What the first steps of VaDE do to what was pre-trained. Its loss is the bound: lower is better, and it needs no labels.
  vade: async () => {
    const rows: string[][] = []
    for (const config of [{ warmup: 0 }, { warmup: 0, rate: 5e-4 }, { warmup: 1 }, { warmup: 5 }]) {
      const name = Object.entries(config).map(([key, value]) => `${key} ${value}`)
      const { loss, largest, acc, nmi } = await look(usps, 'vade', { epochs: 20, ...config }, 11)
      rows.push([
        name.join(', '),
        (loss ?? NaN).toFixed(2),
        ...[largest, acc, nmi].map((value) => (100 * value).toFixed(1)),
      ])
    }
    const header = ['20 epochs', 'bound', 'largest cluster', 'ACC', 'NMI']
    console.log(`${tableMarkdown({ title: 'VaDE on USPS, seed 11', header, rows })}\n`)
  },
  // Whether the modularity of what a training ends with tells good trainings from bad ones.
  runs: async () => {
    const seeds = Array.from({ length: 8 }, (_, i) => 11 + i)
    for (const set of [citeseer, acm]) {
      const seen: Looked[] = []
      for (const seed of seeds) seen.push(await look(set, 'daegc', {}, seed))
      const rows = [
        ['modularity', ...seen.map((each) => (100 * each.modularity).toFixed(1))],
        ['ACC', ...seen.map((each) => (100 * each.acc).toFixed(1))],
      ]
      console.log(
        `${tableMarkdown({ title: `DAEGC on ${set.title}`, header: ['seed', ...seeds.map(String)], rows })}\n`,
      )
    }
  },
  // Whether centres and mixtures that are learned hold, on a smaller network than the tables'.
  centres: async () => {
    const hidden = [100, 100, 400]
    for (const method of ['ae-kmeans', 'dcn', 'vade'])
      await grid('A smaller network', [usps, acm], method, [['100-100-400-10', { hidden }]], [11])
  },
}

const [folder = 'clustering-study', ...wanted] = process.argv.slice(2)
for (const name of wanted) {
  const stage = stages[name]
  if (!stage) throw new Error(`no stage ${name}: ${Object.keys(stages).join(', ')}`)
  await stage()
}
