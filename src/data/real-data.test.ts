import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { applyFeatures } from './features/apply.ts'
import { describePlan, fitFeatures } from './features/plan.ts'
import { describeInteractions } from './interactions.ts'
import { readEdges } from './read-edges.ts'
import { readLabels } from './read-labels.ts'
import { readMatrix } from './read-matrix.ts'
import { readTable } from './read-table.ts'
import { readInteractions } from './read.ts'
import { splitGiven, splitGlobalTime } from './split.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const data = process.env['HOMOPHILY_DATA'] ?? resolve(root, '../shared/data')
const missing = !existsSync(data)
if (missing) console.warn(`SKIPPED: no real data at ${data}; set HOMOPHILY_DATA to run these tests.`)

describe.skipIf(missing)('real data', () => {
  test('Gowalla has the published sizes, and its test file fits into its train file', async () => {
    const train = await readInteractions(join(data, 'gowalla/train.csv.gz'))
    expect(describeInteractions(train.interactions)).toMatchObject({
      users: 29_858,
      items: 40_981,
      entries: 810_128,
    })
    const held = await readInteractions(join(data, 'gowalla/test.csv.gz'), {
      vocabularies: train.interactions,
    })
    expect(held.report).toMatchObject({ rows: 217_242, kept: 217_242, unknown: 0, duplicates: 0 })
    const split = splitGiven(train.interactions, held.interactions)
    expect(split.warnings).toEqual([])
    expect(split.test!.matrix.nnz).toBe(217_242)
  })

  test('MovieLens 100k splits by time', async () => {
    const { interactions, report } = await readInteractions(join(data, 'ml-100k/interactions.csv.gz'))
    expect(report).toMatchObject({ rows: 100_000, kept: 100_000, bad: 0 })
    const { train, test } = splitGlobalTime(interactions, { test: 0.1 })
    expect(Math.abs(test!.matrix.nnz - 10_000)).toBeLessThan(50)
    expect(train.matrix.nnz + test!.matrix.nnz).toBe(100_000)
  })

  test('ACM and USPS have the published sizes', async () => {
    const { matrix } = await readMatrix(join(data, 'acm/features.csv.gz'))
    expect([matrix.rows, matrix.cols]).toEqual([3025, 1870])
    const { graph } = await readEdges(join(data, 'acm/view_PAP.csv.gz'), 3025)
    expect(graph.nnz).toBe(2 * 13_128)
    const { labels, names } = await readLabels(join(data, 'acm/labels.csv.gz'), 3025)
    expect([labels.length, names.size]).toEqual([3025, 3])
    const usps = await readMatrix(join(data, 'usps/features.npy.gz'))
    expect([usps.matrix.rows, usps.matrix.cols]).toEqual([9298, 256])
  })

  test('the tables of users and items of MovieLens 100k become features', async () => {
    const kinds = async (name: string): Promise<Record<string, string>> => {
      const { table } = await readTable(join(data, 'ml-100k', name))
      const plan = fitFeatures(table)
      const { matrix, ids } = applyFeatures(plan, table)
      expect([matrix.rows, ids?.size]).toEqual([table.rows, table.rows])
      return Object.fromEntries(describePlan(plan).map(({ column, feature }) => [column, feature]))
    }
    expect(await kinds('users.csv.gz')).toEqual({
      user: 'id',
      age: 'number(standard)',
      gender: 'category(2)',
      occupation: 'category(2)',
      zip: 'skip',
    })
    expect(await kinds('items.csv.gz')).toMatchObject({ item: 'id', genres: 'multi(|,2)' })
  })
})
