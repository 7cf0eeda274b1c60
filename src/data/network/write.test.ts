import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Edges } from '../edges.ts'
import { Vocabulary } from '../vocabulary.ts'
import { float32Text } from './float32-text.ts'
import { readNetwork } from './read.ts'
import { lostIn, networkText, type WrittenFormat, writtenFormats } from './write.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-network-'))
afterAll(() => rmSync(folder, { recursive: true }))

const plain: Edges = {
  nodes: Vocabulary.from(['b', 'a', 'c', '12']),
  sources: Int32Array.of(0, 1, 1, 3, 1),
  targets: Int32Array.of(1, 0, 2, 3, 0),
  weights: null,
  times: null,
  types: null,
  nodeTypes: null,
  directed: false,
}
const full: Edges = {
  ...plain,
  nodes: Vocabulary.from(['é "q" <&>', 'a,b\tc', 'lone', ' x ']),
  targets: Int32Array.of(1, 0, 3, 3, 0),
  weights: Float32Array.of(1, 0.1, 1e-30, 3e38, 0),
  types: { names: ['knows', 'x & y'], of: Int32Array.of(0, 1, 0, 0, 1) },
  nodeTypes: { names: ['user', 'item'], of: Int32Array.of(0, 1, 1, 0) },
  directed: true,
}

async function again(edges: Edges, format: WrittenFormat): Promise<Edges> {
  const path = join(folder, `graph.${format === 'adjacency' ? 'adjlist' : format}`)
  writeFileSync(path, [...networkText(edges, format)].join(''))
  return (await readNetwork(path)).edges
}

const byText = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : 1)

/** Edges by ids, sorted; nodes sorted. */
function essence({ nodes, sources, targets, weights, types, nodeTypes, directed }: Edges): unknown {
  return {
    nodes: nodes
      .ids()
      .map((id, v) => [id, nodeTypes ? nodeTypes.names[nodeTypes.of[v]] : null])
      .sort(byText),
    edges: Array.from(sources, (v, e) => [
      nodes.id(v),
      nodes.id(targets[e]),
      weights ? weights[e] : null,
      types ? types.names[types.of[e]] : null,
    ]).sort(byText),
    directed,
  }
}

describe.each(writtenFormats)('%s', (format) => {
  test('is read as it was written', async () => {
    const read = await again(plain, format)
    expect(essence({ ...read, directed: false })).toEqual(essence(plain))
    expect(lostIn(plain, format)).toEqual([])
  })
})

test.each(['graphml', 'gexf'] as const)('%s keeps everything but times, of any id', async (format) => {
  expect(essence(await again(full, format))).toEqual(essence(full))
  expect(lostIn({ ...full, times: new Float64Array(5) }, format)).toEqual(['the times of edges'])
})

test.each(['csv', 'tsv'] as const)(
  '%s keeps edges with times, weights and types, of any id',
  async (format) => {
    const times = Float64Array.of(1.6e12, 1.6e12 + 1, 1.6e12 + 2, 1.6e12 + 3, 1.6e12 + 4)
    const read = await again({ ...full, times }, format)
    expect([...read.times!]).toEqual([...times])
    expect((essence(read) as { edges: unknown }).edges).toEqual((essence(full) as { edges: unknown }).edges)
    expect(lostIn(full, format)).toEqual([
      '1 node without edges',
      'the types of nodes',
      'that edges are directed (say so when reading)',
    ])
  },
)

test('what a format cannot hold is refused by name', () => {
  const text = (edges: Edges, format: WrittenFormat): string => [...networkText(edges, format)].join('')
  const odd = (id: string): Edges => ({ ...plain, nodes: Vocabulary.from(['b', 'a', 'c', id]) })
  for (const id of ['a b', '#a', '%', 'a\nb', '\u{a0}']) {
    expect(() => text(odd(id), 'edges')).toThrow('no spaces')
    expect(() => text(odd(id), 'adjacency')).toThrow('no spaces')
  }
  expect(() => text(odd('a\u0001'), 'graphml')).toThrow('characters that XML allows')
  expect(() => text(odd('\uffff'), 'gexf')).toThrow('characters that XML allows')
  expect(() => text({ ...plain, weights: Float32Array.of(1, 1, 2, 1, 1) }, 'adjacency')).toThrow(
    'without weights',
  )
  expect(() => text({ ...plain, types: full.types }, 'edges')).toThrow('weights before the type')
})

test('weights are written as the shortest decimals that are read as the same float32', () => {
  expect(float32Text(Math.fround(0.1))).toBe('0.1')
  expect(float32Text(Math.fround(1 / 3))).toBe('0.33333334')
  expect(float32Text(16777216)).toBe('16777216')
  for (let i = 1; i < 2000; i++) {
    const value = Math.fround(Math.sin(i) * 10 ** ((i % 70) - 35))
    expect(Math.fround(Number(float32Text(value)))).toBe(value)
  }
})
