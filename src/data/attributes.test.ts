import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { alignAttributes, attributesFrom, type Attributes, type FieldSpec } from './attributes.ts'
import { bucketNames, bucketOf, quantileEdges } from './buckets.ts'
import { readAttributes } from './read-attributes.ts'
import { Vocabulary } from './vocabulary.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const specs: readonly FieldSpec[] = [
  { name: 'category', kind: 'category', missing: ['0'] },
  { name: 'tags', kind: 'tags', separator: '|' },
  { name: 'price', kind: 'number', buckets: 2 },
]
/** The values of an entity by name, field by field. */
function describeEntity(attributes: Attributes, id: string): string[][] {
  const row = attributes.ids.row(id)
  return attributes.fields.map((f) => Array.from(f.features.row(row), (v) => f.values.id(v)))
}
const csv = `item,category,tags,price
a,x,p|q,1
b,y,,10
c,0,q| p |q,
d,x,r,20
`

describe('buckets', () => {
  test('edges at the quantiles, never an empty bucket', () => {
    expect([...quantileEdges(Float64Array.of(4, 1, 3, 2), 2)]).toEqual([3])
    expect([...quantileEdges(Float64Array.of(1, 2, 3, 4, 5, 6), 3)]).toEqual([3, 5])
    expect([...quantileEdges(Float64Array.of(0, 0, 0, 0, 9), 4)]).toEqual([])
    expect([...quantileEdges(Float64Array.of(0, 0, 5, 5, 9), 4)]).toEqual([5])
    expect([...quantileEdges(Float64Array.of(), 4)]).toEqual([])
    expect(() => quantileEdges(Float64Array.of(1), 0)).toThrow('number of buckets')
  })

  test('an edge belongs to the bucket above it', () => {
    const edges = Float64Array.of(3, 5)
    expect([2.9, 3, 4.9, 5, 100].map((x) => bucketOf(edges, x))).toEqual([0, 1, 1, 2, 2])
    expect(bucketNames(edges)).toEqual(['< 3', '3 – 5', '≥ 5'])
    expect(bucketNames(Float64Array.of())).toEqual(['any'])
  })
})

describe('attributes', () => {
  test('categories, tags, buckets and missing values', async () => {
    const { attributes, report } = await readAttributes(file('a.csv', csv), specs)
    expect(attributes.ids.ids()).toEqual(['a', 'b', 'c', 'd'])
    expect(describeEntity(attributes, 'a')).toEqual([['x'], ['p', 'q'], ['< 10']])
    expect(describeEntity(attributes, 'b')).toEqual([['y'], [], ['≥ 10']])
    expect(describeEntity(attributes, 'c')).toEqual([[], ['p', 'q'], []])
    expect(report).toMatchObject({ rows: 4, entities: 4, bad: 0 })
    expect(report.fields).toEqual([
      { field: 'category', values: 2, missing: 1, unknown: 0 },
      { field: 'tags', values: 3, missing: 1, unknown: 0 },
      { field: 'price', values: 2, missing: 1, unknown: 0 },
    ])
  })

  test('an id on several rows: tags unite, else the last known value stands', async () => {
    const text = 'tags,price,category,item\nq,1,x,a\np,5,y,b\np,7,,a\np,,z,a\n'
    const { attributes } = await readAttributes(file('long.csv', text), specs)
    expect(describeEntity(attributes, 'a')).toEqual([['z'], ['q', 'p'], ['≥ 7']])
  })

  test('JSON Lines with lists agree with CSV', async () => {
    const lines = [
      { item: 'a', category: 'x', tags: ['p', 'q'], price: 1 },
      { item: 'b', category: 'y', tags: [], price: 10 },
      { item: 'c', category: 0, tags: ['q', 'p', 'q'], price: null },
      { item: 'd', category: 'x', tags: ['r'], price: 20 },
    ]
    const path = file('a.jsonl', lines.map((l) => JSON.stringify(l)).join('\n'))
    const { attributes } = await readAttributes(path, specs)
    const same = await readAttributes(file('a.csv', csv), specs)
    for (const id of 'abcd')
      expect(describeEntity(attributes, id)).toEqual(describeEntity(same.attributes, id))
  })

  test('applied to new rows: unknown values count as missing, buckets stay', async () => {
    const { attributes } = await readAttributes(file('a.csv', csv), specs)
    const text = 'item,category,tags,price\nn,x,q|new,-5\nm,zzz,new,1e3\n'
    const fresh = await readAttributes(file('n.csv', text), { like: attributes })
    expect(describeEntity(fresh.attributes, 'n')).toEqual([['x'], ['q'], ['< 10']])
    expect(describeEntity(fresh.attributes, 'm')).toEqual([[], [], ['≥ 10']])
    expect(fresh.report.fields.map((f) => f.unknown)).toEqual([1, 2, 0])
    expect(fresh.attributes.fields[0].values).toBe(attributes.fields[0].values)
    const memory = attributesFrom([{ id: 'n', category: 'x', tags: ['q', 'new'], price: -5 }], {
      like: attributes,
    })
    expect(describeEntity(memory, 'n')).toEqual(describeEntity(fresh.attributes, 'n'))
  })

  test('rows follow another vocabulary', async () => {
    const { attributes } = await readAttributes(file('a.csv', csv), specs)
    const aligned = alignAttributes(attributes, Vocabulary.from(['d', 'new', 'a']))
    expect(aligned.fields[0].features.rows).toBe(3)
    for (const id of 'ad') expect(describeEntity(aligned, id)).toEqual(describeEntity(attributes, id))
    expect(describeEntity(aligned, 'new')).toEqual([[], [], []])
  })

  test('faults say where and what', async () => {
    await expect(readAttributes(file('a.csv', csv), [{ name: 'colour', kind: 'category' }])).rejects.toThrow(
      /no colour column .*"item", "category", "tags", "price"/,
    )
    await expect(readAttributes(file('bad.csv', 'item,price\na,cheap\n'), [specs[2]])).rejects.toThrow(
      /bad\.csv:2, column "price": expected a number, got "cheap"/,
    )
    const lenient = await readAttributes(file('bad.csv', 'item,price\na,cheap\n,3\nb,4\n'), [specs[2]], {
      maxBadRows: 1,
    })
    expect(lenient.report).toMatchObject({ rows: 3, entities: 2, bad: 2 })
    expect(describeEntity(lenient.attributes, 'a')).toEqual([[]])
    await expect(readAttributes(file('empty.csv', 'item,price\n'), [specs[2]])).rejects.toThrow('no rows')
    await expect(readAttributes(file('a.csv', csv), [specs[0], specs[0]])).rejects.toThrow('every name once')
    expect(() => attributesFrom([{ id: 'a', price: 'cheap' }], [specs[2]])).toThrow('expected a number')
  })
})
