import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Folder, homophily, temporaryFolder } from '../../test/run-cli.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { FittedEmbedding } from '../models/embed/family/fitted.ts'
import { Random } from '../random.ts'
import { saveEmbedding } from '../workspace/embedders.ts'
import { openWorkspace } from '../workspace/workspace.ts'

/** Two groups of 30 nodes, g0 … and h0 …; within a group a third of the pairs are edges, one in fifty between them. */
const rng = new Random(1)
const ids = ['g', 'h'].flatMap((side) => Array.from({ length: 30 }, (_, i) => `${side}${i}`))
const edges = ids.flatMap((a, i) =>
  ids.slice(i + 1).flatMap((b) => (rng.float() < (a[0] === b[0] ? 0.33 : 0.02) ? [`${a},${b}`] : [])),
)
/** Vectors that know the side, with noise. */
const vectors = ids.map((id) => [id[0] === 'g' ? 1 : -1, rng.normal(), rng.normal()])

let folder: Folder
let edgeFile: string
let labelFile: string
let vectorFile: string
let place: string[]

beforeAll(async () => {
  folder = temporaryFolder()
  edgeFile = folder.file('edges.csv', `source,target\n${edges.join('\n')}\n`)
  labelFile = folder.file(
    'labels.csv',
    `node,label\n${ids.map((id) => `${id},${id[0]}`).join('\n')}\ng1,even\ng2,even\nstranger,g\n`,
  )
  vectorFile = folder.file(
    'vectors.txt',
    `60 3\n${ids.map((id, i) => `${id} ${vectors[i].join(' ')}`).join('\n')}\n`,
  )
  place = ['--workspace', folder.file('workspace')]
  const state = { vectors: { data: Float32Array.from(vectors.flat()), shape: [60, 3] as const } }
  using model = new FittedEmbedding({ method: 'deepwalk', config: {}, seed: 3 }, Vocabulary.from(ids), state)
  await saveEmbedding(await openWorkspace(place[1]), 'planted', model)
})
afterAll(() => folder.remove())

const json = async (...argv: string[]): Promise<Record<string, unknown>> => {
  const { code, out, err } = await homophily([...argv, '--json'])
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as Record<string, unknown>
}

describe('evaluate classify', () => {
  const asked = (): string[] => ['--labels', labelFile, '--splits', '4', '--shares', '0.5,0.9']

  test('a saved embedding that knows the labels', async () => {
    const { code, out } = await homophily(['evaluate', 'classify', 'planted', ...asked(), ...place])
    expect(code).toBe(0)
    expect(out).toMatch(/60 of 60 nodes have a label; 3 labels, 62 assignments/)
    expect(out).toMatch(/1 node of .*labels\.csv without a vector left out/)
    expect(out).toMatch(/Seed: 3\n/)
    const { evaluation, unknownNodes } = await json('evaluate', 'classify', 'planted', ...asked(), ...place)
    const { shares } = evaluation as { shares: { microF1: { mean: number } }[] }
    expect(shares).toHaveLength(2)
    for (const { microF1 } of shares) expect(microF1.mean).toBeGreaterThan(0.9)
    expect(unknownNodes).toBe(1)
  })

  test('a file of vectors gives the same, and reports are written', async () => {
    const report = folder.file('classify.md')
    const fromFile = await json(
      'evaluate',
      'classify',
      '--vectors',
      vectorFile,
      ...asked(),
      '--report-md',
      report,
    )
    const saved = await json('evaluate', 'classify', 'planted', ...asked(), ...place)
    const shares = (value: Record<string, unknown>): unknown =>
      (value['evaluation'] as { shares: unknown }).shares
    expect(shares(fromFile)).toEqual(shares(saved))
    expect(readFileSync(report, 'utf8')).toMatch(/Macro-F1/)
  })

  test('wrong usage says what is missing', async () => {
    for (const [argv, message] of [
      [['planted'], /--labels: expected a file of labels/],
      [['--labels', labelFile], /name of a saved embedding, or --vectors <file>, got neither/],
      [['nobody', '--labels', labelFile], /nobody/],
    ] as const) {
      const { code, err } = await homophily(['evaluate', 'classify', ...argv, ...place])
      expect(code).not.toBe(0)
      expect(err).toMatch(message)
    }
  })
})

describe('evaluate link', () => {
  const settings = [
    'dim=8',
    'walks=5',
    'length=10',
    'window=3',
    'rate=0.05',
    'epochs=10',
    'deterministic=true',
  ]
  const asked = (): string[] => ['deepwalk', edgeFile, ...settings.flatMap((each) => ['--set', each])]

  test('trains on the rest of the graph and puts held-out edges above what is none', async () => {
    const value = await json(
      'evaluate',
      'link',
      ...asked(),
      '--seeds',
      '2',
      '--k',
      '5',
      '--features',
      'hadamard,l2',
    )
    const { scores, counts } = value['evaluation'] as {
      scores: { score: string; measures: Record<string, { mean: number; std: number }> }[]
      counts: { edges: number; heldOut: number }
    }
    expect(counts).toMatchObject({ edges: edges.length, heldOut: Math.floor(0.2 * edges.length) })
    expect(scores.map(({ score }) => score)).toEqual(['dot', 'cosine', 'hadamard', 'l2'])
    const { auc, 'hits@5': hits } = scores[1].measures
    expect(auc.mean).toBeGreaterThan(0.7)
    expect(auc.std).toBeGreaterThan(0)
    expect(hits.mean).toBeGreaterThan(0)
    expect(value['seeds']).toEqual([1, 2])
    expect(
      await json('evaluate', 'link', ...asked(), '--seeds', '2', '--k', '5', '--features', 'hadamard,l2'),
    ).toEqual({
      ...value,
      seconds: expect.any(Number),
    })
  })

  test('text says what was held out and by which rule', async () => {
    const { code, out } = await homophily([
      'evaluate',
      'link',
      ...asked(),
      '--keep',
      'any',
      '--share',
      '0.1',
      '--quiet',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/10 % of the edges held out before training/)
    expect(out).toMatch(/Any edge may be held out/)
  })

  test('methods that need more than a graph, and unknown features, are refused', async () => {
    const needy = await homophily(['evaluate', 'link', 'item2vec', edgeFile])
    expect(needy.err).toMatch(/learns from a graph alone \(deepwalk, node2vec/)
    const feature = await homophily(['evaluate', 'link', 'deepwalk', edgeFile, '--features', 'hadamar'])
    expect(feature.err).toMatch(/unknown feature "hadamar".*"hadamard"/)
    expect((await homophily(['evaluate', 'link', 'deepwalk', edgeFile, '--set', 'dimm=3'])).err).toMatch(
      /dimm/,
    )
  })
})

describe('evaluate next', () => {
  /** Everyone goes around a circle of twelve, from a start of their own; the category is the third of the circle. */
  const rows = Array.from({ length: 60 }, (_, u) =>
    Array.from({ length: 6 }, (_, k) => `u${u},i${(u + k) % 12},2024-01-${String(k + 1).padStart(2, '0')}`),
  ).flat()
  let events: string
  let categories: string
  beforeAll(() => {
    events = folder.file('events.csv', `user,item,time\n${rows.join('\n')}\n`)
    const items = Array.from({ length: 12 }, (_, i) => `i${i},c${Math.floor(i / 4)}`)
    categories = folder.file('items.csv', `item,category\n${items.join('\n')}\n`)
  })

  test('methods beside popularity and ItemKNN, on sequences without their last event', async () => {
    const settings = ['item2vec.dim=8', 'item2vec.window=2', 'item2vec.epochs=40', 'item2vec.subsample=0']
    const asked = `evaluate next item2vec ${events} --k 1,3 --last 2 --decay 0.5 --categories ${categories} --new-days 1`
    const value = await json(...asked.split(' '), ...settings.flatMap((each) => ['--set', each]))
    const {
      rows: table,
      counts,
      rules,
    } = value['comparison'] as {
      rows: { name: string; means: Record<string, number>; beyond: Record<string, number> }[]
      counts: { evaluated: number; testPairs: number }
      rules: string[]
    }
    expect(table.map(({ name }) => name)).toEqual(['popularity', 'item-knn', 'item2vec'])
    expect(counts).toMatchObject({ evaluated: 60, testPairs: 60 })
    const [popularity, , item2vec] = table
    expect(item2vec.means['hitRate@3']).toBeGreaterThan(popularity.means['hitRate@3'])
    for (const { beyond } of table) {
      expect(beyond['newness@3']).toBeGreaterThan(0)
      expect(beyond['newness@3']).toBeLessThan(1)
    }
    expect(rules[0]).toMatch(/Leave-one-out/)
  })

  test('methods with side information learn from the same part', async () => {
    const settings = ['dim=8', 'walks=5', 'length=6', 'window=2', 'epochs=3', 'batch=128', 'shared=16']
    const value = await json(
      ...`evaluate next ges ${events} --k 3 --attributes ${categories} --fields category`.split(' '),
      ...settings.flatMap((each) => ['--set', `ges.${each}`]),
    )
    const { rows: table } = value['comparison'] as { rows: { name: string; means: Record<string, number> }[] }
    expect(table[2].name).toBe('ges')
    expect(table[2].means['hitRate@3']).toBeGreaterThan(0)
  })

  test('vectors of a file take part; those of other things are refused', async () => {
    const points = Array.from({ length: 12 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 12
      return `i${i} ${Math.cos(angle)} ${Math.sin(angle)}`
    })
    const circle = folder.file('circle.txt', `12 2\n${points.join('\n')}\n`)
    const asked = `evaluate next none ${events} --vectors ${circle} --last 1 --k 1,2 --quiet`
    const { code, out } = await homophily(asked.split(' '))
    expect(code).toBe(0)
    expect(out).toMatch(/must have been made without the last event/)
    const others = await homophily(['evaluate', 'next', 'none', events, '--vectors', vectorFile, '--quiet'])
    expect(others.err).toMatch(/vectors of the items of the events, got none of them/)
  })

  test('wrong usage', async () => {
    for (const [argv, message] of [
      [['item2vek', events], /unknown method "item2vek".*"item2vec"/],
      [['eges', events], /eges: expected --attributes <file> and --fields <list>, got neither/],
      [['item2vec', events, '--attributes', categories], /expected no --attributes and --fields/],
      [['item2vec', events, '--set', 'deepwalk.dim=3'], /unknown method of --set "deepwalk"/],
      [['item2vec', events, '--decay', '2'], /--decay: expected above 0/],
      [['item2vec', events, '--categories', categories], /one of --new-days and --new-events/],
    ] as const) {
      const { code, err } = await homophily(['evaluate', 'next', ...argv, '--quiet'])
      expect(code).not.toBe(0)
      expect(err).toMatch(message)
    }
  })
})

test('evaluate without a subcommand still wants a test file', async () => {
  const { code, err } = await homophily(['evaluate', 'planted', ...place])
  expect(code).not.toBe(0)
  expect(err).toMatch(/--test: expected a file of test interactions/)
})
