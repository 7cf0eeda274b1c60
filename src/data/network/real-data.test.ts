import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readNetwork } from './read.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const data = process.env['HOMOPHILY_DATA'] ?? resolve(root, '../shared/data')
const missing = !existsSync(data)
if (missing) console.warn(`SKIPPED: no real data at ${data}; set HOMOPHILY_DATA to run these tests.`)

describe.skipIf(missing)('real graphs', () => {
  test.each([
    ['blogcatalog/edges', 10_312, 333_983],
    ['airports/brazil_edges', 131, 1_074],
    ['citeseer/edges', 3_279, 4_552],
  ])('%s is read whole', async (name, nodes, edges) => {
    const read = await readNetwork(join(data, `${name}.csv.gz`))
    expect([read.edges.nodes.size, read.edges.sources.length]).toEqual([nodes, edges])
  })

  test('messages have times', async () => {
    const { edges } = await readNetwork(join(data, 'collegemsg/edges.csv.gz'))
    expect([edges.nodes.size, edges.sources.length]).toEqual([1_899, 59_835])
    expect(new Date(edges.times![0]).toISOString()).toMatch(/^2004-04-1/)
  })
})
