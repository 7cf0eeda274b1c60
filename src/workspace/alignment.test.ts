import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { drifts, pairRows, rotated, rotationOnto } from '../audience/alignment.ts'
import { summarizeDrift } from '../audience/drift.ts'
import { interactionsFrom } from '../data/interactions.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import { Random } from '../random.ts'
import { FittedEmbedding } from '../models/embed/family/fitted.ts'
import { alignEmbedding, alignWithService } from './alignment.ts'
import { driftIn } from './drifts.ts'
import { importEmbedding, saveEmbedding } from './embedders.ts'
import { loadRecommender, saveRecommender } from './recommenders.ts'
import { openWorkspace } from './workspace.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-alignment-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A random rotation of `dim` numbers: many turns in planes. */
function someRotation(dim: number, rng: Random): Float32Array {
  const r = Float32Array.from({ length: dim * dim }, (_, at) => (at % (dim + 1) === 0 ? 1 : 0))
  for (let turn = 0; turn < 4 * dim; turn++) {
    const [p, q, angle] = [rng.int(dim), rng.int(dim), 6.3 * rng.float()]
    if (p === q) continue
    for (let i = 0; i < dim; i++) {
      const [x, y] = [r[i * dim + p], r[i * dim + q]]
      r[i * dim + p] = Math.cos(angle) * x - Math.sin(angle) * y
      r[i * dim + q] = Math.sin(angle) * x + Math.cos(angle) * y
    }
  }
  return r
}

describe('orthogonal Procrustes', () => {
  const dim = 6
  const rng = new Random(5)
  const before = {
    ids: Vocabulary.from(Array.from({ length: 40 }, (_, i) => `id ${i}`)),
    dim,
    data: Float32Array.from({ length: 40 * dim }, () => rng.normal()),
  }

  test('finds the rotation that was planted, by the ids of both, whatever their order', () => {
    const turned = rotated(before.data, dim, someRotation(dim, rng))
    const order = rng.shuffle(Int32Array.from({ length: 30 }, (_, i) => i + 5))
    const now = {
      ids: Vocabulary.from([...Array.from(order, (i) => `id ${i}`), 'new']),
      dim,
      data: Float32Array.from([
        ...Array.from(order).flatMap((i) => [...turned.subarray(i * dim, (i + 1) * dim)]),
        ...Array.from({ length: dim }, () => 1),
      ]),
    }
    const pairs = pairRows(now, before)
    expect(pairs[30]).toBe(-1)
    const back = rotated(now.data, dim, rotationOnto([{ now, before, pairs }]))
    order.forEach((i, r) => {
      for (let j = 0; j < dim; j++) expect(back[r * dim + j]).toBeCloseTo(before.data[i * dim + j], 4)
    })
    const after = drifts({ now: { ...now, data: back }, before, pairs })
    expect(Math.max(...after.subarray(0, 30))).toBeLessThan(1e-5)
    expect(after[30]).toBe(-1)
  })

  test('spaces side by side are turned each on its own', () => {
    const [left, right] = [2, 4].map((width) => someRotation(width, rng))
    const both = new Float32Array(dim * dim)
    for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) both[i * dim + j] = left[i * 2 + j]
    for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) both[(i + 2) * dim + j + 2] = right[i * 4 + j]
    const now = { ...before, data: rotated(before.data, dim, both) }
    const pairing = { now, before, pairs: pairRows(now, before) }
    const rotation = rotationOnto([pairing], [2, 4])
    for (let i = 0; i < 2; i++)
      for (let j = 2; j < dim; j++) expect([rotation[i * dim + j], rotation[j * dim + i]]).toEqual([0, 0])
    const back = rotated(now.data, dim, rotation)
    back.forEach((value, at) => expect(value).toBeCloseTo(before.data[at], 4))
  })

  test('rows of zeros are not compared, and fewer ids than numbers are enough', () => {
    const now = { ...before, data: before.data.slice() }
    now.data.fill(0, dim)
    const pairs = pairRows(now, before)
    expect([...pairs.subarray(0, 3)]).toEqual([0, -1, -1])
    const rotation = rotationOnto([{ now, before, pairs }])
    const square = Float32Array.from({ length: dim * dim }, (_, at) => {
      let sum = 0
      for (let k = 0; k < dim; k++)
        sum += rotation[k * dim + Math.floor(at / dim)] * rotation[k * dim + (at % dim)]
      return sum
    })
    square.forEach((x, at) => expect(x).toBeCloseTo(at % (dim + 1) === 0 ? 1 : 0, 5))
  })
})

test('drift in figures', () => {
  const summary = summarizeDrift(Float32Array.of(0.5, -1, 0.25, 1.5, 0), (row) => `u${row}`)
  expect(summary).toMatchObject({ shared: 4, mean: 0.5625, median: 0.25, p95: 1.5 })
  expect(summary.most[0]).toEqual({ id: 'u3', drift: 1.5 })
  expect(summary.histogram.counts.reduce((a, b) => a + b, 0)).toBe(4)
  expect(summary.histogram.edges.at(-1)).toBe(1.5)
  expect(summarizeDrift(Float32Array.of(0.5, 1), String, new Set([1])).most).toEqual([
    { id: '0', drift: 0.5 },
  ])
  expect(summarizeDrift(Float32Array.of(-1), String)).toMatchObject({ shared: 0, mean: null, median: null })
})

const pairsOf = (length: number) =>
  Array.from({ length }, (_, n) => ({ user: `u/${n % 30}`, item: `i${(n * 7 + (n % 2)) % 21}` }))

describe('a recommender trained again', () => {
  const pairs = pairsOf(300)
  const settings = { method: 'lightgcn', config: { dim: 8, layers: 2, epochs: 15 } }

  test('is turned onto the one in service, and its scores are what they were', async () => {
    const workspace = await openWorkspace(folder)
    using first = await trainRecommender(interactionsFrom(pairs), { ...settings, seed: 1 })
    expect((await alignWithService(workspace, 'shop', first)).aligned).toBeNull()
    await saveRecommender(workspace, 'shop', first)

    const more = [...pairs, { user: 'new', item: 'i1' }, { user: 'new', item: 'i2' }]
    const train = () => trainRecommender(interactionsFrom(more), { ...settings, seed: 2 })
    using plain = await train()
    const { model, aligned } = await alignWithService(workspace, 'shop', await train())
    using turned = model
    expect(aligned!.record).toEqual({ against: 1, aligned: true })
    const items = first.interactions.items.ids()
    for (const user of ['u/0', 'u/17', 'new']) {
      const expected = plain.score(user, items)
      turned.score(user, items).forEach((score, i) => expect(score).toBeCloseTo(expected[i], 4))
      expect(turned.recommend(user, { n: 5 }).map(({ id }) => id)).toEqual(
        plain.recommend(user, { n: 5 }).map(({ id }) => id),
      )
    }
    const far = meanDrift(plain, first)
    const near = meanDrift(turned, first)
    expect(near).toBeLessThan(far / 2)

    await saveRecommender(workspace, 'shop', turned, { aligned, data: { note: 'kept' } })
    const loaded = await workspace.loadModel('shop')
    expect(loaded.data).toEqual({ note: 'kept', drift: { against: 1, aligned: true } })
    const drift = driftIn(loaded)
    expect(drift.against).toBe(1)
    const users = drift.drifts.users!
    expect(users[turned.interactions.users.row('new')]).toBe(-1)
    expect(users.filter((x) => x >= 0).length).toBe(30)
    using again = await loadRecommender(workspace, 'shop')
    expect(Object.keys(again.state.tensors).sort()).toEqual(Object.keys(turned.state.tensors).sort())
    expect(() => driftIn({ ...loaded, tensors: {} })).toThrow(/cannot be compared/)
  })

  test('of another dimension, or strangers, or without vectors, it is left as it is and says why', async () => {
    const workspace = await openWorkspace(join(folder, 'other'))
    using first = await trainRecommender(interactionsFrom(pairs), settings)
    await saveRecommender(workspace, 'shop', first)
    const attempt = async (train: Parameters<typeof trainRecommender>, name = 'shop') => {
      const trained = await trainRecommender(...train)
      const { model, aligned } = await alignWithService(workspace, name, trained)
      using _ = model
      expect(model).toBe(trained)
      return aligned
    }
    const wider = { ...settings, config: { ...settings.config, dim: 4 } }
    const aligned = await attempt([interactionsFrom(pairs), wider])
    expect(aligned).toEqual({
      record: { against: 1, aligned: false, reason: expect.stringMatching(/8 numbers, and this one of 4/) },
      drift: null,
    })
    const others = pairs.map(({ user, item }) => ({ user: `x${user}`, item: `x${item}` }))
    expect((await attempt([interactionsFrom(others), settings]))!.record.reason).toMatch(/none of its users/)
    expect((await attempt([interactionsFrom(pairs), { method: 'item-knn' }]))!.record).toEqual({
      against: 1,
      aligned: false,
      reason: 'item-knn learns no vectors',
    })
    using plain = await trainRecommender(interactionsFrom(pairs), { method: 'item-knn' })
    await saveRecommender(workspace, 'plain', plain)
    expect((await attempt([interactionsFrom(pairs), settings], 'plain'))!.record.reason).toMatch(/no vectors/)
    await saveRecommender(workspace, 'shop', first, { aligned })
    expect(() =>
      driftIn({
        ...first.origin,
        name: 'shop',
        version: 2,
        created: '',
        homophily: '',
        users: [],
        items: [],
        metrics: {},
        metadata: { family: 'recommend' },
        tensors: {},
        data: { drift: aligned!.record },
      }),
    ).toThrow(/version 1 has vectors of 8 numbers, and this one of 4/)
  })
})

describe('an embedding trained again', () => {
  const rng = new Random(3)
  const embedding = (ids: readonly string[], dim: number): FittedEmbedding =>
    new FittedEmbedding({ method: 'deepwalk', config: {}, seed: 1 }, Vocabulary.from(ids), {
      vectors: {
        data: Float32Array.from({ length: ids.length * dim }, () => rng.normal()),
        shape: [ids.length, dim],
      },
    })

  test('of another dimension, of strangers, or from elsewhere, it stays as it is, and the version says why', async () => {
    const workspace = await openWorkspace(join(folder, 'embeddings'))
    using first = embedding(['a', 'b', 'c/ä'], 4)
    await saveEmbedding(workspace, 'graph', first)
    const reasonOf = async (model: FittedEmbedding, name = 'graph'): Promise<string | undefined> => {
      const { model: same, aligned } = await alignEmbedding(workspace, name, model)
      expect(same).toBe(model)
      await saveEmbedding(workspace, 'refused', model, { aligned })
      const saved = await workspace.loadModel('refused')
      expect(saved.data).toEqual({ drift: aligned!.record })
      expect(() => driftIn(saved)).toThrow(aligned!.record.reason)
      return aligned!.record.reason
    }
    using wider = embedding(['a', 'b'], 5)
    expect(await reasonOf(wider)).toBe('version 1 has vectors of 4 numbers, and this one of 5')
    using strangers = embedding(['x', 'y'], 4)
    expect(await reasonOf(strangers)).toBe('version 1 knows none of its ids')
    const file = join(folder, 'vectors.txt')
    writeFileSync(file, '2 4\na 1 0 0 0\nb 0 1 0 0\n')
    using imported = await importEmbedding(file)
    expect(await reasonOf(imported)).toMatch(/made elsewhere/)
    using recommender = await trainRecommender(interactionsFrom(pairsOf(20)), { method: 'item-knn' })
    await saveRecommender(workspace, 'shop', recommender)
    expect(await reasonOf(first, 'shop')).toBe('version 1 is a recommender')
  })
})

/** Mean 1 − cosine of users that both models know. */
function meanDrift(a: Awaited<ReturnType<typeof loadRecommender>>, b: typeof a): number {
  const rows = (model: typeof a) => ({
    ids: model.interactions.users,
    dim: model.state.tensors['users'].shape[1],
    data: model.state.tensors['users'].data as Float32Array,
  })
  const [now, before] = [rows(a), rows(b)]
  return summarizeDrift(drifts({ now, before, pairs: pairRows(now, before) }), String).mean!
}
