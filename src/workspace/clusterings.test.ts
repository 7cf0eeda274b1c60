import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { applyFeatures } from '../data/features/apply.ts'
import { fitFeatures } from '../data/features/plan.ts'
import { tableFrom } from '../data/table.ts'
import { trainClusterer } from '../evaluate/train-clusterer.ts'
import { heap } from '../kernels/heap.ts'
import { loadClustering, saveClustering } from './clusterings.ts'
import { openWorkspace } from './workspace.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-clusterings-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Young ones like tea, old ones coffee. */
const people = Array.from({ length: 40 }, (_, i) => ({
  user: `u${i}`,
  age: (i % 2 ? 20 : 60) + (i % 5),
  likes: i % 2 ? ['tea', 'walks'] : ['coffee', 'walks'],
}))

test('a clustering of a table keeps its plan, and new rows are encoded by it', async () => {
  const table = tableFrom(people)
  const plan = fitFeatures(table)
  const { matrix, ids } = applyFeatures(plan, table)
  const config = { clusters: 2 }
  const input = { features: matrix, graph: null }
  const fitted = await trainClusterer(input, { method: 'k-means', config, nodes: ids, features: plan })
  const workspace = await openWorkspace(folder)
  await saveClustering(workspace, 'people', fitted)
  const model = await loadClustering(workspace, 'people')
  expect(model.features).toEqual(plan)

  const known = await model.predictTable(table)
  expect(known.assignment.labels).toEqual(model.labels)
  const before = heap.bytesInUse
  const news = tableFrom([
    { user: 'v1', age: 21, likes: ['tea', 'chess'] },
    { user: 'v2', age: 62, likes: ['coffee'] },
  ])
  const { assignment, encoding } = await model.predictTable(news)
  expect([...assignment.labels]).toEqual([model.clusterOf('u1'), model.clusterOf('u0')])
  expect([encoding.ids?.ids(), encoding.columns.map(({ unseen }) => unseen)]).toEqual([
    ['v1', 'v2'],
    [0, 1],
  ])
  expect(heap.bytesInUse).toBe(before)

  const short = tableFrom([{ user: 'v3', likes: ['tea'] }])
  await expect(model.predictTable(short)).rejects.toThrow(/no age column/)
  expect((await model.predictTable(short, { absent: 'unknown' })).encoding.absent).toEqual(['age'])
})

test('a clustering of numbers has none', async () => {
  const table = tableFrom(people.map(({ age }) => ({ age })))
  const input = { features: applyFeatures(fitFeatures(table), table).matrix, graph: null }
  const model = await trainClusterer(input, { method: 'k-means', config: { clusters: 2 } })
  expect(model.features).toBeNull()
  await expect(model.predictTable(table)).rejects.toThrow(/not fitted on a table/)
})
