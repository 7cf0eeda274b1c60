import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder } from '../../test/run-cli.ts'
import { Random } from '../random.ts'

let folder: Folder
let features: string
let edges: string
let labels: string
let place: string[]

beforeAll(() => {
  folder = temporaryFolder()
  const rng = new Random(4)
  const rows = Array.from({ length: 60 }, (_, i) => [
    9 * (i % 3) + rng.normal(),
    (i % 3 === 1 ? 8 : 0) + rng.normal(),
  ])
  features = folder.file('rows.csv', `age,spend\n${rows.map((row) => row.join(',')).join('\n')}\n`)
  // Triangles i, i + 3, i + 6 … within each class.
  const pairs = rows.flatMap((_, i) =>
    [3, 6].filter((step) => i + step < 60).map((step) => `${i},${i + step}`),
  )
  edges = folder.file('edges.csv', `source,target\n${pairs.join('\n')}\n`)
  labels = folder.file('labels.csv', `label\n${rows.map((_, i) => 'abc'[i % 3]).join('\n')}\n`)
  place = ['--workspace', folder.file('workspace')]
})
afterAll(() => folder.remove())

describe('cluster', () => {
  it('groups, evaluates, saves and writes the labels', async () => {
    const out = folder.file('out.csv')
    const ran = await homophily([
      'cluster',
      'k-means',
      features,
      '--clusters',
      '3',
      '--labels',
      labels,
      '--stability',
      '2',
      '--out',
      out,
      ...place,
    ])
    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/acc +1\.000/)
    expect(ran.out).toContain('60 rows of 2 features.')
    expect(ran.out).toContain('Saved as k-means, version 1')
    expect(ran.err).toMatch(/K-means takes about .* beside the data; .* available/i)
    expect(ran.out).toMatch(/mean of 2 other seeds; the\s+partitions agree with an ARI of 1.000/)
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n')
    expect(lines.length).toBe(61)
    expect(lines[0]).toBe('row,cluster')
    expect(lines[4].split(',')[1]).toBe(lines[1].split(',')[1])

    const again = await homophily(['evaluate', 'clusters', 'k-means', features, '--labels', labels, ...place])
    expect(again.code).toBe(0)
    expect(again.out).toMatch(/acc +1\.000/)
    const other = await homophily(['evaluate', 'clusters', 'k-means', labels, ...place])
    expect(other.code).not.toBe(0)
  })

  it('compares methods over paired seeds, as one JSON document', async () => {
    const { code, out, err } = await homophily([
      'cluster',
      'k-means',
      features,
      '--clusters',
      '3',
      '--seeds',
      '2',
      '--beside',
      'gaussian-mixture,spectral',
      '--knn',
      '5',
      '--labels',
      labels,
      '--no-save',
      '--json',
    ])
    expect([code, err]).toEqual([0, ''])
    const { evaluation, seeds } = JSON.parse(out)
    expect(seeds).toEqual([1, 2])
    expect(evaluation.rows.map((row: { name: string }) => row.name)).toEqual([
      'k-means',
      'gaussian-mixture',
      'spectral',
    ])
    expect(evaluation.rows[2].metrics.acc).toEqual({ mean: 1, std: 0, min: 1, max: 1 })
    expect(evaluation.rows[2].difference.acc).toEqual({ mean: 0, std: 0, higher: 0 })
  })

  it('chooses K, and writes the report as Markdown', async () => {
    const report = folder.file('report.md')
    const ran = await homophily([
      'cluster',
      'gaussian-mixture',
      features,
      '--choose',
      '2-4',
      '--by',
      'bic',
      '--no-save',
      '--report-md',
      report,
    ])
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('Choosing K by bic: 3')
    expect(readFileSync(report, 'utf8')).toContain('| 3 \\* |')
  })

  it('a graph alone: its nodes are counted by --rows', async () => {
    const ran = await homophily(['cluster', 'leiden', edges, '--rows', '60', '--labels', labels, ...place])
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('Graph of 111 edges.')
    expect(ran.out).toMatch(/purity +1\.000/)
    const without = await homophily(['cluster', 'leiden', edges, ...place])
    expect([without.code, without.err]).toEqual([
      2,
      expect.stringContaining('--rows: expected the number of nodes'),
    ])
  })

  it('what does not fit is refused before any work', async () => {
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [['cluster'], 2, 'a method first (k-means'],
      [['cluster', 'k-mean', features], 4, 'unknown method "k-mean"'],
      [['cluster', 'k-means', features], 2, 'settings of k-means: clusters'],
      [['cluster', 'k-means', features, '--clusters', '99', '--no-save'], 2, 'from 1 to 60'],
      [
        ['cluster', 'spectral', features, '--clusters', '3', '--knn', '5', '--graph', edges],
        2,
        '--graph or --knn',
      ],
      [['cluster', 'k-means', features, '--choose', '5-2'], 2, 'a range such as 2-10'],
      [['evaluate', 'some-model'], 2, '--test'],
    ]
    for (const [argv, code, text] of cases) {
      const ran = await homophily([...argv, ...(argv.length > 1 && argv[0] === 'cluster' ? place : [])])
      expect([argv, ran.code, ran.err]).toEqual([argv, code, expect.stringContaining(text)])
    }
  })
})
