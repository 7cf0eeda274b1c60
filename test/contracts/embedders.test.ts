/** Every embedding method keeps the same contract: known answers first, then reproducibility, saving, odd input, cancellation. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { alignAttributes, type Attributes, attributesFrom } from '../../src/data/attributes.ts'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import { holdOut } from '../../src/evaluate/hold-out.ts'
import { trainEmbedding } from '../../src/evaluate/train-embedding.ts'
import type { Graph } from '../../src/graph/graph.ts'
import { type Sequences, sequencesFrom } from '../../src/graph/sequences.ts'
import { heap } from '../../src/kernels/heap.ts'
import type { EmbedderInputs } from '../../src/models/embed/family/definition.ts'
import { FittedEmbedding } from '../../src/models/embed/family/fitted.ts'
import { vectorFromAttributes } from '../../src/models/embed/family/side-information.ts'
import { embedders } from '../../src/models/embed/index.ts'
import { settingNames } from '../../src/models/method.ts'
import { Random } from '../../src/random.ts'
import { Sparse } from '../../src/tensor/sparse.ts'
import { alignEmbedding } from '../../src/workspace/alignment.ts'
import { driftIn } from '../../src/workspace/drifts.ts'
import { loadEmbedding, saveEmbedding } from '../../src/workspace/embedders.ts'
import type { Snapshot } from '../../src/train/run.ts'
import { openWorkspace } from '../../src/workspace/workspace.ts'

/** Settings that suit twenty nodes; everything else is the default. */
const settings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  deepwalk: { dim: 16, walks: 20, length: 20, window: 3, epochs: 5, rate: 0.05 },
  node2vec: { dim: 16, walks: 20, length: 20, window: 3, epochs: 5, rate: 0.05, q: 2 },
  line: { dim: 16, epochs: 300 },
  item2vec: { dim: 16, window: 3, epochs: 30, rate: 0.05, subsample: 0 },
  bge: { dim: 16, walks: 20, length: 10, window: 3, epochs: 5, rate: 0.03, batch: 512, shared: 32 },
  ges: { dim: 16, walks: 20, length: 10, window: 3, epochs: 5, rate: 0.03, batch: 512, shared: 32 },
  eges: { dim: 16, walks: 20, length: 10, window: 3, epochs: 5, rate: 0.03, batch: 512, shared: 32 },
  'm2grl-metric': {
    dim: 16,
    walks: 20,
    length: 10,
    window: 3,
    epochs: 3,
    rate: 0.02,
    batch: 512,
    shared: 32,
    field: 'colour',
    metricSteps: 50,
    metricBatch: 64,
  },
  m2grl: { dim: 16, walks: 20, length: 10, window: 3, epochs: 5, rate: 0.03, batch: 512, shared: 32 },
}

const SIZE = 10

/** Nodes a0 … a9 and b0 … b9, each clique complete, and one edge between a0 and b0; then the other nodes and edges. */
function cliques(others: readonly string[] = [], edges: readonly (readonly [string, string])[] = []): Graph {
  const ids = ['a', 'b'].flatMap((side) => Array.from({ length: SIZE }, (_, i) => `${side}${i}`))
  const nodes = Vocabulary.from([...ids, ...others])
  const rows = Array.from({ length: nodes.size }, () => new Set<number>())
  const link = (x: string, y: string): void => {
    rows[nodes.row(x)].add(nodes.row(y))
    rows[nodes.row(y)].add(nodes.row(x))
  }
  for (const x of ids) for (const y of ids) if (x < y && x[0] === y[0]) link(x, y)
  link('a0', 'b0')
  for (const [x, y] of edges) link(x, y)
  const indptr = new Uint32Array(nodes.size + 1)
  rows.forEach((row, r) => (indptr[r + 1] = indptr[r] + row.size))
  const indices = Int32Array.from(rows.flatMap((row) => [...row].sort((x, y) => x - y)))
  const adjacency = new Sparse(nodes.size, nodes.size, indptr, indices, null).declareSymmetric()
  return { nodes, adjacency, directed: false }
}

/** Sixty users who look at things of one clique, and one of them at both. */
function behaviour(): Sequences {
  const rng = new Random(5)
  return sequencesFrom(
    Array.from({ length: 60 * 12 }, (_, k) => {
      const user = Math.floor(k / 12)
      const side = user === 59 ? 'ab'[k % 2] : 'ab'[user % 2]
      return { user: `u${user}`, item: `${side}${rng.int(SIZE)}` }
    }),
  )
}

/** Three colours in each clique, and for most nodes the clique itself. */
const attributesOf = (nodes: Vocabulary): Attributes =>
  alignAttributes(
    attributesFrom(
      Array.from(nodes, (id) => ({
        id,
        colour: `${id[0]}${Number(id[1]) % 3}`,
        side: id.endsWith('0') ? null : id[0],
      })),
      [
        { name: 'colour', kind: 'category' },
        { name: 'side', kind: 'category' },
      ],
    ),
    nodes,
  )

const inputs = (graph = cliques()): Partial<EmbedderInputs> => ({
  graph,
  attributes: attributesOf(graph.nodes),
})
const sequenceInputs = (others: readonly string[] = []): Partial<EmbedderInputs> => {
  const sequences = behaviour()
  const items = Vocabulary.from([...sequences.items, ...others])
  return { sequences: { ...sequences, items }, attributes: attributesOf(items) }
}

const inputOf = (method: string): Partial<EmbedderInputs> =>
  needsGraph(method) ? inputs() : sequenceInputs()
const noEvents = (): Partial<EmbedderInputs> => {
  const sequences = sequencesFrom([])
  return { sequences, attributes: attributesOf(sequences.items) }
}
/** The sampled skip-gram methods are deterministic without being told. */
const deterministic = (method: string): Readonly<Record<string, unknown>> =>
  settingNames(embedders.find((each) => each.name === method)!).includes('deterministic')
    ? { deterministic: true }
    : {}
const walks = (method: string): boolean =>
  settingNames(embedders.find((each) => each.name === method)!).includes('walks')
const needsGraph = (method: string): boolean =>
  embedders.find((each) => each.name === method)!.needs.includes('graph')

const train = (
  method: string,
  config: Readonly<Record<string, unknown>> = {},
  input = inputOf(method),
  seed = 7,
): Promise<FittedEmbedding> =>
  trainEmbedding(input, { method, config: { ...settings[method], ...config }, seed })

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, value, c) => sum + value * y[c], 0)
}
function cosine(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
}

/** What must not change when a model is turned: products with contexts, with vectors from attributes, and of items with values in relation spaces. */
function productsOf({ state, dim }: FittedEmbedding): number[] {
  const { vectors, context, extra = {}, vocabularies = {} } = state
  const rowsOf = (data: ArrayLike<number>, r: number): number[] =>
    Array.from(data).slice(r * dim, (r + 1) * dim)
  const own = [rowsOf(vectors.data, 3), rowsOf(vectors.data, 12)]
  const out = context ? own.map((x) => dot(x, rowsOf(context.data, 5))) : []
  if ('side colour' in extra)
    out.push(...own.map((x) => dot(x, vectorFromAttributes(state, { colour: 'a1' }))))
  const metric = extra['metric']
  for (const name of Object.keys(vocabularies).map((key) => key.replace('side ', ''))) {
    const [view, relation] = [extra[`view ${name}`], extra[`relation ${name}`]]
    if (!view || !relation) continue
    const related = (x: readonly number[]): number[] =>
      Array.from({ length: dim }, (_, j) =>
        x.reduce((sum, value, i) => sum + value * relation.data[i * dim + j], 0),
      )
    const values = [0, 1].map((r) => related(rowsOf(view.data, r)))
    out.push(dot(values[0], values[1]))
    if (!metric) out.push(...own.flatMap((x) => values.map((v) => dot(related(x), v))))
  }
  // A metric makes the vectors: they turn as its rows do.
  if (metric) out.push(...own.map((x) => dot(x, rowsOf(metric.data, 2))))
  return out
}

const folder = mkdtempSync(join(tmpdir(), 'homophily-embedders-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('every method has settings for this contract', () => {
  expect(Object.keys(settings).sort()).toEqual(embedders.map((each) => each.name).sort())
})

describe.each(embedders.map((each) => each.name))('%s', (method) => {
  test('the nearest neighbours of a node are of its clique', async () => {
    using model = await train(method)
    for (const side of ['a', 'b']) {
      for (let i = 1; i < SIZE; i++) {
        const near = model.similar(`${side}${i}`, { n: SIZE - 2 }).map(({ id }) => id[0])
        expect([`${side}${i}`, ...near]).toEqual([`${side}${i}`, ...Array(SIZE - 2).fill(side)])
      }
    }
    expect(model.recommendFrom(['a1', 'a2'], { n: 3 }).map(({ id }) => id[0])).toEqual(['a', 'a', 'a'])
  })

  test('deterministic, the same seed gives the same vectors to the bit, another seed others', async () => {
    using a = await train(method, deterministic(method))
    using b = await train(method, deterministic(method))
    using c = await train(method, deterministic(method), inputOf(method), 8)
    expect(a.state.vectors.data).toEqual(b.state.vectors.data)
    expect(a.state.context?.data).toEqual(b.state.context?.data)
    expect(a.facts).toEqual(b.facts)
    expect(a.state.vectors.data).not.toEqual(c.state.vectors.data)
  })

  test('saved and loaded it answers the same, to the bit', async () => {
    using model = await train(method)
    const workspace = await openWorkspace(folder)
    await saveEmbedding(workspace, method, model)
    using loaded = await loadEmbedding(workspace, method)
    expect(loaded.origin).toEqual(model.origin)
    expect(loaded.facts).toEqual(JSON.parse(JSON.stringify(model.facts)))
    expect(loaded.nodes.ids()).toEqual(model.nodes.ids())
    expect(loaded.state.context?.data).toEqual(model.state.context?.data)
    expect(loaded.vector('b3')).toEqual(model.vector('b3'))
    expect(loaded.similar('a3')).toEqual(model.similar('a3'))
    expect(loaded.recommendFrom(['a3', 'b0'])).toEqual(model.recommendFrom(['a3', 'b0']))
  })

  test('turned onto the version before, it answers what it answered, near where that one had everything', async () => {
    const workspace = await openWorkspace(folder)
    const name = `${method}-again`
    using first = await train(method, deterministic(method))
    expect((await alignEmbedding(workspace, name, first)).aligned).toBeNull()
    await saveEmbedding(workspace, name, first)
    const again = () => train(method, deterministic(method), inputOf(method), 8)
    using plain = await again()
    const { model, aligned } = await alignEmbedding(workspace, name, await again())
    using turned = model
    expect(aligned!.record).toEqual({ against: 1, aligned: true })
    const likeBefore = (of: FittedEmbedding, id: string): number => cosine(of.vector(id), first.vector(id))
    const ids = first.nodes.ids()
    const mean = (of: FittedEmbedding): number =>
      ids.reduce((sum, id) => sum + likeBefore(of, id), 0) / ids.length
    expect(mean(turned)).toBeGreaterThan(mean(plain) + 0.2)
    for (const id of ['a3', 'b0', 'b7']) {
      const expected = plain.similar(id, { n: 19 })
      const score = new Map(turned.similar(id, { n: 19 }).map((each) => [each.id, each.score]))
      for (const each of expected) expect(score.get(each.id)).toBeCloseTo(each.score, 4)
    }
    expect(productsOf(turned)).toEqual(productsOf(plain).map((x) => expect.closeTo(x, 3) as number))
    await saveEmbedding(workspace, name, turned, { aligned, data: { note: 'kept' } })
    const saved = await workspace.loadModel(name)
    expect(saved.data).toEqual({ note: 'kept', drift: { against: 1, aligned: true } })
    const { against, drifts } = driftIn(saved)
    expect([against, drifts.nodes!.length, drifts.users]).toEqual([1, ids.length, undefined])
    expect(drifts.nodes!.every((drift) => drift >= 0 && drift <= 2)).toBe(true)
    using loaded = await loadEmbedding(workspace, name)
    expect(loaded.vector('a3')).toEqual(turned.vector('a3'))
    expect(Object.keys(loaded.state.extra ?? {}).sort()).toEqual(Object.keys(turned.state.extra ?? {}).sort())
    // Turned once more: what goes along is known of a saved one, too.
    const { model: more } = await alignEmbedding(workspace, name, loaded)
    using _ = more
    expect(productsOf(more)).toEqual(productsOf(plain).map((x) => expect.closeTo(x, 3) as number))
  })

  test('unknown ids name the nearest known ones', async () => {
    using model = await train(method)
    expect(() => model.similar('a33')).toThrow(/unknown node "a33"; nearest: "a3"/)
    expect(() => model.vector('c')).toThrow(/unknown node "c"/)
    expect(() => model.recommendFrom(['a1', 'zz'])).toThrow(/unknown node "zz"/)
  })

  test('nothing to learn from, or the wrong input, is refused', async () => {
    const none = new Sparse(0, 0, Uint32Array.of(0), new Int32Array(0), null)
    const graph: Graph = { nodes: Vocabulary.from([]), adjacency: none, directed: false }
    const empty = needsGraph(method) ? inputs(graph) : noEvents()
    await expect(train(method, {}, empty)).rejects.toMatchObject({ code: 'EMPTY' })
    await expect(train(method, {}, {})).rejects.toThrow(
      /expected (a graph|behaviour sequences).*, got nothing/,
    )
    const wrong = needsGraph(method) ? sequenceInputs() : inputs()
    await expect(train(method, {}, wrong)).rejects.toMatchObject({ code: 'ARGUMENT' })
  })

  test('an unknown setting names the valid ones', async () => {
    await expect(train(method, { dimm: 3 })).rejects.toThrow(/unknown setting "dimm"; it has/)
  })

  test('cancelled half-way it rejects and gives its memory back', async () => {
    const before = heap.bytesInUse
    const abort = new AbortController()
    const job = trainEmbedding(inputOf(method), {
      method,
      config: { ...settings[method], epochs: 1000 },
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    await expect(job).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(heap.bytesInUse).toBe(before)
  })

  test('stopped between two epochs and gone on with, it is the same model to the bit', async () => {
    const recipe = { method, config: { ...settings[method], ...deterministic(method) }, seed: 7 }
    const kept: Snapshot[] = []
    using straight = await trainEmbedding(inputOf(method), {
      ...recipe,
      async onSnapshot({ epoch, numbers, arrays }) {
        const copies = Object.entries(arrays).map(([name, array]) => [name, array.slice()] as const)
        kept.push({ epoch, numbers: { ...numbers }, arrays: Object.fromEntries(copies) })
      },
    })
    expect(kept.length).toBeGreaterThan(1)
    for (const share of [0.2, 0.5, 0.8]) {
      const resume = kept[Math.floor(share * kept.length)]
      using resumed = await trainEmbedding(inputOf(method), { ...recipe, resume })
      expect(resumed.state.vectors.data).toEqual(straight.state.vectors.data)
      expect(resumed.state.context?.data).toEqual(straight.state.context?.data)
    }
  })

  test('held-out pairs are told apart as it learns, and each epoch says how well', async () => {
    const { input, heldOut } = holdOut(inputOf(method), needsGraph(method) ? 0.1 : 0.5, new Random(3))
    const notes: string[] = []
    const { epochs } = settings[method]
    using model = await trainEmbedding(input, {
      method,
      config: settings[method],
      heldOut,
      onProgress: ({ note }) => void (note !== undefined && notes.push(note)),
    })
    const both = method === 'line' ? 2 : 1
    expect(notes).toHaveLength(both * (epochs as number))
    const auc = Number(/held-out AUC (0\.\d{4}|1\.0000)$/.exec(notes.at(-1)!)![1])
    // Half of the negatives of a sequence are of the same clique.
    expect(auc).toBeGreaterThan(needsGraph(method) ? 0.9 : 0.6)
    const { heldOutAuc, curve } = model.facts as { heldOutAuc?: number[]; curve?: { auc: number }[] }
    expect((heldOutAuc?.at(-1) ?? curve?.at(-1)?.auc)?.toFixed(4)).toBe(auc.toFixed(4))
  })

  test('every preset trains', async () => {
    const { presets } = embedders.find((each) => each.name === method)!
    for (const preset of Object.keys(presets)) {
      const config = { dim: 4, epochs: 1, ...(walks(method) ? { walks: 1 } : {}) }
      using model = await trainEmbedding(inputOf(method), { method, preset, config })
      expect(model.dim).toBe(4)
    }
  })
})

describe.each(embedders.filter(({ needs }) => needs.includes('graph')).map((each) => each.name))(
  '%s',
  (method) => {
    test('an isolated node has a vector too, and self-loops do no harm', async () => {
      const graph = cliques(
        ['alone', 'loop'],
        [
          ['loop', 'loop'],
          ['a1', 'a1'],
        ],
      )
      using model = await train(method, {}, inputs(graph))
      expect([...model.vector('alone')].every(Number.isFinite)).toBe(true)
      expect(model.similar('alone', { n: 30 })).toHaveLength(21)
      expect(model.similar('a1', { n: SIZE - 1 }).map(({ id }) => id[0])).toEqual(Array(SIZE - 1).fill('a'))
      expect([...model.vector('loop')].every(Number.isFinite)).toBe(true)
    })

    test('a negative weight is refused by name', async () => {
      const { nodes, adjacency } = cliques()
      const values = new Float32Array(adjacency.nnz).fill(1)
      values[3] = -1
      const { rows, cols, indptr, indices } = adjacency
      const graph = { nodes, adjacency: new Sparse(rows, cols, indptr, indices, values), directed: true }
      await expect(train(method, {}, inputs(graph))).rejects.toMatchObject({
        code: 'ARGUMENT',
        message: expect.stringMatching(
          /the weight of the edge from "a0" to "a4": expected a finite number/,
        ) as string,
      })
    })
  },
)

describe.each(embedders.filter(({ needs }) => needs.includes('attributes')).map((each) => each.name))(
  '%s',
  (method) => {
    test('an item unseen in training answers from its attributes', async () => {
      const others = ['a99', 'b99', 'x']
      using model = await train(
        method,
        {},
        needsGraph(method) ? inputs(cliques(others)) : sequenceInputs(others),
      )
      for (const side of ['a', 'b']) {
        expect(model.similar(`${side}99`, { n: 5 }).map(({ id }) => id[0])).toEqual(Array(5).fill(side))
        const fresh = vectorFromAttributes(model.state, { colour: `${side}0`, side })
        expect(fresh).toEqual(model.vector(`${side}99`))
        expect(model.similar(fresh, { n: 5 }).map(({ id }) => id[0])).toEqual(Array(5).fill(side))
      }
      expect(
        [...vectorFromAttributes(model.state, { colour: 'a1', side: 'new' })].every(Number.isFinite),
      ).toBe(true)
      expect(() => vectorFromAttributes(model.state, { colour: 'green' })).toThrow(
        'no value of these attributes was seen in training. Give at least one known value of colour, side.',
      )
      expect(() => vectorFromAttributes(model.state, { color: 'a1' })).toThrow(
        /unknown field "color".*"colour"/,
      )
    })
  },
)
