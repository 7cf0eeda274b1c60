/**
 * What stands on vectors when a model is trained again with 5 % new events: a classifier that was trained on the vectors before, and segments.
 * Prints Markdown tables; resumable: run it again with the same folder and it goes on after the last result.
 *
 *     node bench/audience.ts FOLDER [SEEDS]
 *
 * Version 1 is trained on the first 95 % of the events in time, version 2 on all of them, with another seed, as a retraining from scratch. The
 * classifier (logistic regression, vectors of unit length) learns from half of the users on version 1 and is read on the other half.
 */
import { join } from 'node:path'
import {
  changesBetween,
  churnOf,
  countFlows,
  type Grouping,
  matchClusters,
  sharedRows,
} from '../src/audience/flows.ts'
import {
  drifts,
  pairRows,
  type Pairing,
  rotated,
  rotationOnto,
  type Rows,
} from '../src/audience/alignment.ts'
import { summarizeDrift } from '../src/audience/drift.ts'
import { segmentUsers } from '../src/audience/segment.ts'
import type { StartFact } from '../src/models/cluster/family/warm-start.ts'
import type { Interactions } from '../src/data/interactions.ts'
import { readInteractions } from '../src/data/read.ts'
import { readTable } from '../src/data/read-table.ts'
import { sampleAudience } from '../src/data/sample-audience.ts'
import { splitGlobalTime } from '../src/data/split.ts'
import type { Vocabulary } from '../src/data/vocabulary.ts'
import { spread } from '../src/evaluate/seeds.ts'
import { tableMarkdown } from '../src/evaluate/table.ts'
import { trainRecommender } from '../src/evaluate/train-recommender.ts'
import { heap } from '../src/kernels/heap.ts'
import { decisions, fitLogistic } from '../src/nn/logistic-regression.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { Sparse } from '../src/tensor/sparse.ts'
import { inRegion, run } from '../src/train/run.ts'
import { finished } from './support/finished.ts'

const [folder = 'audience', seeds = '1,2,3'] = process.argv.slice(2)
const SEEDS = seeds.split(',').map(Number)
const DATA = process.env['HOMOPHILY_DATA'] ?? '../shared/data'

interface Case {
  readonly name: string
  /** What the classifier tells. */
  readonly target: string
  readonly segments: number
  load(): Promise<{ readonly all: Interactions; readonly labelOf: (user: string) => string | null }>
}

async function column(file: string, name: string): Promise<(user: string) => string | null> {
  const { table } = await readTable(join(DATA, file))
  const ids = table.column('user', '').values
  const { codes, values } = table.column(name, '')
  return (user) => {
    const row = ids.row(user)
    return row < 0 || codes[row] < 0 ? null : values.id(codes[row])
  }
}

function movies(segments: number): Case {
  return {
    name: 'ML-100K, ratings of 4 and 5',
    target: 'gender',
    segments,
    async load() {
      const file = join(DATA, 'ml-100k/interactions.csv.gz')
      const { interactions } = await readInteractions(file, { minWeight: 4 })
      return { all: interactions, labelOf: await column('ml-100k/users.csv.gz', 'gender') }
    },
  }
}

const cases: readonly Case[] = [
  {
    name: 'Sample marketplace',
    target: 'planted community (20)',
    segments: 20,
    async load() {
      const { periods, plan } = sampleAudience(new Random(7))
      const communities = periods[0].userCommunities
      return { all: periods[0].interactions, labelOf: (user) => String(communities[plan.users.row(user)]) }
    },
  },
  movies(8),
  // What the silhouette chooses, and comes back best.
  movies(3),
  {
    name: 'Tianchi',
    target: 'life stage 6',
    segments: 4,
    async load() {
      const { interactions } = await readInteractions(join(DATA, 'tianchi-ecommerce/events.csv.gz'))
      const stages = await column('tianchi-ecommerce/users.csv.gz', 'stages')
      return {
        all: interactions,
        labelOf(user) {
          const text = stages(user)
          return text === null ? null : String(text.split(',').includes('6'))
        },
      }
    },
  },
]
const methods = ['fast-lightgcn', 'mf-bpr'] as const

interface Outcome {
  /** Accuracy on users that the classifier has not seen, and of the most frequent label. */
  readonly accuracy: Readonly<Record<'version 1' | 'version 2' | 'version 2, aligned' | 'majority', number>>
  /** Share of users that the centres of version 1 put where the segments of version 2 have them. */
  readonly byCentres: Readonly<Record<'version 2' | 'version 2, aligned', number>>
  /** Fresh seeds, and a start where the segments of version 1 are. */
  readonly cold: Kept
  readonly warm: Kept & { readonly start: StartFact }
  readonly drift: { readonly before: number; readonly after: number }
}

interface Kept {
  readonly ids: number
  /** Shares of the users. */
  readonly users: number
  readonly byNumber: number
  readonly changes: number
  readonly silhouette: number
}

interface Version {
  readonly users: Rows
  readonly items: Rows
}

async function versionOf(interactions: Interactions, method: string, seed: number): Promise<Version> {
  using model = await trainRecommender(interactions, { method, seed })
  const rows = (ids: Vocabulary, name: string): Rows => {
    const { data, shape } = model.state.tensors[name]
    return { ids, dim: shape[1], data: (data as Float32Array).slice() }
  }
  return { users: rows(interactions.users, 'users'), items: rows(interactions.items, 'items') }
}

function outcome(of: Case, method: string, seed: number): Promise<Outcome> {
  return finished(
    folder,
    { name: of.name, target: of.target, segments: of.segments, method, seed, starts: 'cold, warm' },
    async () => {
      const { all, labelOf } = await of.load()
      const { train } = splitGlobalTime(all, { test: 0.05 })
      const first = await versionOf(train, method, seed)
      const second = await versionOf(all, method, seed + 100)
      const pairings = (['users', 'items'] as const).map((kind): Pairing => ({
        now: second[kind],
        before: first[kind],
        pairs: pairRows(second[kind], first[kind]),
      }))
      const rotation = rotationOnto(pairings)
      const { users } = second
      const aligned: Rows = { ...users, data: rotated(users.data, users.dim, rotation) }
      return {
        accuracy: await classifier(first.users, users, aligned, labelOf, seed),
        ...(await segments(of, first.users, users, aligned, seed)),
        drift: { before: meanDrift(users, first.users), after: meanDrift(aligned, first.users) },
      }
    },
  )
}

function meanDrift(now: Rows, before: Rows): number {
  return summarizeDrift(drifts({ now, before, pairs: pairRows(now, before) }), String).mean!
}

/** Trained on version 1 of half of the users, read on the other half. */
async function classifier(
  first: Rows,
  second: Rows,
  aligned: Rows,
  labelOf: (user: string) => string | null,
  seed: number,
): Promise<Outcome['accuracy']> {
  const known = first.ids.ids().filter((id) => labelOf(id) !== null && second.ids.row(id) >= 0)
  const shuffled = new Random(seed).stream('halves').shuffle(known)
  const [learn, read] = [shuffled.slice(0, known.length >> 1), shuffled.slice(known.length >> 1)]
  const labels = [...new Set(known.map(labelOf))]
  const code = (id: string): number => labels.indexOf(labelOf(id))
  const counts = labels.map((label) => read.filter((id) => labelOf(id) === label).length)
  const job = (function* () {
    const x = rowsOf(first, learn)
    const indptr = Uint32Array.from({ length: learn.length + 1 }, (_, r) => r)
    const positives = new Sparse(learn.length, labels.length, indptr, Int32Array.from(learn, code), null)
    const model = yield* fitLogistic(x, positives)
    const accuracy = (rows: Rows): number => {
      const scores = decisions(model, rowsOf(rows, read))
      let right = 0
      read.forEach((id, r) => {
        const own = scores.subarray(r * labels.length, (r + 1) * labels.length)
        if (own.indexOf(Math.max(...own)) === code(id)) right++
      })
      return right / read.length
    }
    return {
      'version 1': accuracy(first),
      'version 2': accuracy(second),
      'version 2, aligned': accuracy(aligned),
      majority: Math.max(...counts) / read.length,
    }
  })()
  return run(inRegion(job, (result) => result))
}

/** The rows of some ids, of unit length. */
function rowsOf({ ids, dim, data }: Rows, wanted: readonly string[]): Matrix {
  const out = heap.f32(wanted.length * dim)
  wanted.forEach((id, r) => {
    const row = data.subarray(ids.row(id) * dim, (ids.row(id) + 1) * dim)
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1
    for (let j = 0; j < dim; j++) out[r * dim + j] = row[j] / length
  })
  return new Matrix(wanted.length, dim, out)
}

async function segments(
  { segments: clusters }: Case,
  first: Rows,
  second: Rows,
  aligned: Rows,
  seed: number,
): Promise<Pick<Outcome, 'byCentres' | 'cold' | 'warm'>> {
  const options = { method: 'k-means', clusters, maxClusters: 2, config: {}, seed, runs: 0 }
  const space = (rows: Rows) => ({ ...rows, name: 'vectors', version: 1, of: 'user' }) as const
  const old = await segmentUsers(space(first), true, options)
  const ids = Array.from({ length: clusters }, (_, c) => `s${c + 1}`)
  const grouping = ({ model, population }: typeof old, ids: readonly (string | null)[]): Grouping => ({
    ids: population,
    labels: model.labels,
    segments: ids,
  })
  const before = grouping(old, ids)
  const follow = (now: typeof old): { readonly after: Grouping; readonly kept: Kept } => {
    const job = sharedRows(old.population, now.population)
    let step = job.next()
    while (!step.done) step = job.next()
    const rows = step.value
    const matched = matchClusters(countFlows(before, grouping(now, ids), rows))
    const after = grouping(
      now,
      Array.from(matched, (b, c) => (b < 0 ? `new ${c}` : ids[b])),
    )
    const flows = countFlows(before, after, rows)
    const churn = churnOf(before, after, flows)
    const unmatched = churnOf(before, grouping(now, ids), flows)
    return {
      after,
      kept: {
        ids: matched.filter((b) => b >= 0).length,
        users: churn.stayed / churn.shared,
        byNumber: unmatched.stayed / unmatched.shared,
        changes: changesBetween(before, after, flows).length,
        silhouette: now.quality.silhouette!,
      },
    }
  }
  const cold = await segmentUsers(space(aligned), true, options)
  const { after, kept } = follow(cold)
  const groups = { ids: old.population, labels: old.model.labels }
  const warm = await segmentUsers(space(aligned), true, { ...options, before: groups })
  const byCentres = async (vectors: Rows): Promise<number> => {
    const wanted = cold.population.ids()
    const { rows, cols, data } = heap.scope(() => {
      const { rows, cols, data } = rowsOf(vectors, wanted)
      return { rows, cols, data: data.slice() }
    })
    const { labels } = await old.model.predict(new Matrix(rows, cols, data))
    const same = labels.filter((label, r) => ids[label] === after.segments[cold.model.labels[r]]).length
    return same / wanted.length
  }
  return {
    byCentres: { 'version 2': await byCentres(second), 'version 2, aligned': await byCentres(aligned) },
    cold: kept,
    warm: { ...follow(warm).kept, start: warm.start as StartFact },
  }
}

/** Mean, and ± the standard deviation where there is more than one seed. */
function figure(values: readonly number[], digits: number): string {
  const { mean, std } = spread(values)
  return values.length > 1 ? `${mean.toFixed(digits)} ± ${std.toFixed(digits)}` : mean.toFixed(digits)
}
const percent = (values: readonly number[]): string =>
  figure(
    values.map((value) => 100 * value),
    1,
  )

// The first seed of everything comes first.
for (const seed of SEEDS)
  for (const method of methods) for (const of of cases) await outcome(of, method, seed)

const classified: string[][] = []
const followed: string[][] = []
const began: string[][] = []
for (const of of cases) {
  for (const method of methods) {
    const results: Outcome[] = []
    for (const seed of SEEDS) results.push(await outcome(of, method, seed))
    const all = (pick: (result: Outcome) => number): string => percent(results.map(pick))
    if (!classified.some(([name, , other]) => name === of.name && other === method))
      classified.push([
        of.name,
        of.target,
        method,
        all(({ accuracy }) => accuracy.majority),
        all(({ accuracy }) => accuracy['version 1']),
        all(({ accuracy }) => accuracy['version 2']),
        all(({ accuracy }) => accuracy['version 2, aligned']),
        figure(
          results.map(({ drift }) => drift.before),
          2,
        ),
        figure(
          results.map(({ drift }) => drift.after),
          2,
        ),
      ])
    for (const way of ['cold', 'warm'] as const) {
      const kept = results.map((result) => result[way])
      followed.push([
        of.name,
        method,
        way === 'cold' ? 'fresh seeds' : 'version 1',
        `${kept.map(({ ids }) => ids).join(', ')} of ${of.segments}`,
        percent(kept.map(({ users }) => users)),
        percent(kept.map(({ byNumber }) => byNumber)),
        kept.map(({ changes }) => changes).join(', '),
        figure(
          kept.map(({ silhouette }) => silhouette),
          3,
        ),
      ])
    }
    began.push([
      of.name,
      method,
      String(of.segments),
      all(({ warm: { start } }) => start.warm / start.cold - 1),
      results.map(({ warm: { start } }) => (start.kept ? 'yes' : 'no')).join(', '),
      all((result) => result.byCentres['version 2']),
      all((result) => result.byCentres['version 2, aligned']),
    ])
  }
}
console.log(
  tableMarkdown({
    title: `Accuracy (%) of a classifier trained on version 1, and mean drift, over seeds ${SEEDS.join(', ')}`,
    header: [
      'data',
      'target',
      'method',
      'majority',
      'on version 1',
      'on version 2',
      'on version 2, aligned',
      'drift',
      'drift, aligned',
    ],
    rows: classified,
  }),
)
console.log(
  tableMarkdown({
    title: 'Segments after a retraining with 5 % new events',
    header: [
      'data',
      'method',
      'begun from',
      'ids kept',
      'users in the same segment (%)',
      'by cluster number (%)',
      'births, deaths, splits, merges',
      'silhouette',
    ],
    rows: followed,
  }),
)
console.log(
  tableMarkdown({
    title: 'A start where version 1 was, and what its centres say of version 2',
    header: [
      'data',
      'method',
      'segments',
      'inertia above that of fresh seeds (%)',
      'kept',
      'by centres of version 1 (%)',
      'the same, aligned (%)',
    ],
    rows: began,
  }),
)
