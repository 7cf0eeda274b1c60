import { describe, expect, test } from 'vitest'
import { undirected } from '../../test/graphs.ts'
import { pairsOf } from '../../test/sparse.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { runSync } from '../train/run.ts'
import { evaluateLinks, summarizeLinks } from './link-prediction.ts'
import { splitEdges } from './link-split.ts'
import { evaluateClassification } from './node-classification.ts'
import { reportJson, reportMarkdown, type Reportable, reportText } from './report.ts'

const n = 40
const ring = undirected(
  n,
  Array.from({ length: 2 * n }, (_, e) => [e % n, ((e % n) + 1 + Math.floor(e / n)) % n]),
)
const vectors = new Matrix(
  n,
  3,
  Float32Array.from({ length: 3 * n }, (_, e) => Math.sin(e * e)),
)
const links = (seeds: readonly number[]): Reportable =>
  summarizeLinks(
    seeds.map((seed) => {
      const rng = new Random(seed)
      const split = splitEdges(ring, { rng })
      return { seed, result: runSync(evaluateLinks(vectors, split, { rng })) }
    }),
    'connected',
  )
const labels = pairsOf(
  Array.from({ length: n }, (_, v) => (v === 7 ? [v % 3, 3] : [v % 3])),
  4,
)
const classification = runSync(evaluateClassification(vectors, labels, { rng: new Random(1), splits: 4 }))
const settings = { title: 'vectors of a ring', split: 'drawn', seeds: [1] }

const cases: readonly (readonly [string, Reportable, readonly string[]])[] = [
  [
    'classification',
    classification,
    [
      '40 of 40 nodes have a label; 4 labels, 41 assignments',
      'Micro-F1',
      '90 %',
      'as many labels as it truly has',
      'Splits with a label that no training node has',
    ],
  ],
  [
    'one seed of links',
    links([1]),
    ['40 nodes, 80 edges; 16 held out', 'hadamard', 'hits@10', 'spanning forest'],
  ],
  ['two seeds of links', links([1, 2]), ['Mean over seeds (n = 2)', 'split and a training of its own']],
]

describe.each(cases)('%s', (_, report, parts) => {
  test('as text: within 100 columns, with its counts and rules', () => {
    const text = reportText(report, settings)
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
    const flat = text.replace(/\s+/g, ' ')
    for (const part of parts) expect(flat).toContain(part)
    expect(text).not.toMatch(/undefined|NaN/)
  })

  test('as Markdown and JSON', () => {
    const lines = reportMarkdown(report, settings).split('\n')
    expect(lines[0]).toBe('## vectors of a ring')
    expect(lines.filter((line) => line.startsWith('| ---')).length).toBeGreaterThan(0)
    const json = reportJson(report, settings)
    expect(json).toMatchObject({ format: 1, kind: report.kind, settings })
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
  })
})
