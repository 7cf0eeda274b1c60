import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { interactionsFrom } from '../data/interactions.ts'
import { trainRecommender, type TrainOptions } from '../evaluate/train-recommender.ts'
import { recommenders } from '../models/recommend/index.ts'
import { Random } from '../random.ts'
import { loadRecommender, saveRecommender } from './recommenders.ts'
import { resumeTraining, snapshotKeeper } from './resuming.ts'
import { openWorkspace } from './workspace.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-recommenders-'))
const workspace = await openWorkspace(folder)
afterAll(() => rmSync(folder, { recursive: true }))

const rng = new Random(1)
const interactions = interactionsFrom(
  Array.from({ length: 300 }, () => ({ user: `user ${rng.int(20)}`, item: `Ω/${rng.int(15)},"x"\n` })),
)
const config: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'gf-cf': { rank: 5 },
  'mf-bpr': { dim: 4, epochs: 3 },
  lightgcn: { dim: 4, epochs: 3 },
  'fast-lightgcn': { dim: 4, steps: 5, folds: 5 },
}

describe.each(recommenders.map((r) => r.name))('%s', (method) => {
  test('saved and loaded it answers the same, to the bit', async () => {
    using model = await trainRecommender(interactions, { method, config: config[method] ?? {}, seed: 3 })
    const saved = await saveRecommender(workspace, method, model, {
      metrics: { 'recall@20': 0.5 },
      report: { format: 1 },
    })
    expect(saved).toEqual({ name: method, version: 1 })
    using loaded = await loadRecommender(workspace, method)
    expect(loaded.origin).toEqual(model.origin)
    expect(loaded.recommend('user 3', { n: 15 })).toEqual(model.recommend('user 3', { n: 15 }))
    expect(loaded.similarItems('Ω/3,"x"\n')).toEqual(model.similarItems('Ω/3,"x"\n'))
    expect(loaded.similarUsers('user 3')).toEqual(model.similarUsers('user 3'))
  })
})

test('a model of another family is refused', async () => {
  await workspace.saveModel('other', {
    method: 'x',
    config: {},
    seed: 1,
    tensors: {},
    metadata: { family: 'cluster' },
    users: [],
    items: [],
  })
  await expect(loadRecommender(workspace, 'other')).rejects.toThrow(
    'expected a recommender, got a clustering',
  )
})

describe('checkpoints', () => {
  const options: TrainOptions = { method: 'lightgcn', config: { dim: 4, epochs: 6, batch: 64 }, seed: 2 }
  const identity = { method: 'lightgcn', config: options.config!, seed: 2, interactions }

  test('a training stopped between epochs goes on to exactly the same model', async () => {
    using whole = await trainRecommender(interactions, options)
    const abort = new AbortController()
    const keep = snapshotKeeper(workspace, 'run', identity, 0)
    const stopped = trainRecommender(interactions, {
      ...options,
      signal: abort.signal,
      onSnapshot: async (snapshot) => {
        await keep(snapshot)
        if (snapshot.epoch === 3) abort.abort()
      },
    })
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' })
    const resume = await resumeTraining(workspace, 'run', identity)
    expect(resume?.epoch).toBe(3)
    using resumed = await trainRecommender(interactions, { ...options, resume })
    expect(resumed.state.tensors['users'].data).toEqual(whole.state.tensors['users'].data)
    expect(resumed.state.tensors['items'].data).toEqual(whole.state.tensors['items'].data)
  })

  test('a checkpoint of other settings or data is refused, none is null', async () => {
    await expect(resumeTraining(workspace, 'run', { ...identity, seed: 9 })).rejects.toThrow(
      'one of other data, settings or seed',
    )
    expect(await resumeTraining(workspace, 'never', identity)).toBeNull()
  })
})
