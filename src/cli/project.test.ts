import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homophily, temporaryFolder, twoGroups } from '../../test/run-cli.ts'
import { withDuckDB } from '../workspace/duckdb.ts'

const folder = temporaryFolder()
const workspace = folder.file('workspace')
afterAll(() => folder.remove())
beforeAll(async () => {
  const train = folder.file('train.csv', twoGroups().train)
  const settings = ['--dim', '8', '--epochs', '3', '--workspace', workspace]
  await homophily(['train', 'mf-bpr', train, ...settings])
  await homophily(['train', 'item-knn', train, '--workspace', workspace])
})

const project = (...flags: string[]) => homophily(['project', ...flags, '--workspace', workspace])

test('writes coordinates as CSV and Parquet without keeping the map', async () => {
  const [csv, parquet] = [folder.file('map.csv'), folder.file('map.parquet')]
  const flags = ['mf-bpr', '--of', 'items', '--epochs', '20', '--no-save', '--export']
  const first = await project(...flags, csv)
  expect([first.code, first.out]).toEqual([0, expect.stringMatching(/12 points from 8 numbers each/)])
  expect(first.out).toMatch(/Not saved/)
  expect((await project(...flags, parquet)).code).toBe(0)
  const [header, ...lines] = readFileSync(csv, 'utf8').trimEnd().split('\n')
  expect([header, lines.length]).toEqual(['id,x,y', 12])
  const rows = await withDuckDB(async (connection) => {
    const reader = await connection.runAndReadAll(`SELECT id, x, y FROM read_parquet('${parquet}')`)
    return reader.getRowsJS()
  })
  // The same seed, the same map, to the last bit.
  expect(rows.map(([id, x, y]) => `${id as string},${Number(x)},${Number(y)}`)).toEqual(lines)
})

test('saves versions, each going on from the one before unless it is to be fresh', async () => {
  const json = async (...flags: string[]) => JSON.parse((await project('mf-bpr', '--json', ...flags)).out)
  const first = await json('--neighbours', '5', '--metric', 'euclidean')
  expect(first).toMatchObject({
    map: { name: 'map-users', version: 1 },
    points: 24,
    from: null,
    config: { neighbours: 5, metric: 'euclidean', minDistance: 0.1 },
    neighbourhood: { k: 5 },
  })
  expect(first.neighbourhood.preserved).toBeGreaterThan(0.2)
  expect(await json()).toMatchObject({ map: { version: 2 }, from: { name: 'map-users', version: 1 } })
  expect(await json('--fresh')).toMatchObject({ map: { version: 3 }, from: null })
  expect((await homophily(['models', 'show', 'map-users', '--workspace', workspace])).code).toBe(0)
})

test('says what is wrong', async () => {
  for (const [flags, code, message] of [
    [['nothing'], 4, /unknown model "nothing"/],
    [['item-knn'], 2, /the vectors of users in item-knn, version 1: expected a model that has them/],
    [['mf-bpr', '--export', 'map.png'], 2, /a name ending in .csv or .parquet/],
    [['mf-bpr', '--min-distance', '7'], 2, /minDistance/],
  ] as const) {
    const ran = await project(...flags)
    expect([ran.err, ran.code]).toEqual([expect.stringMatching(message), code])
  }
  expect((await project('mf-bpr', '--epochs', '2')).code).toBe(0)
  const wrong = await homophily(['recommend', 'map-users', '--user', 'u1', '--workspace', workspace])
  expect(wrong.err).toMatch(/expected a recommender, got a map/)
})
