import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'
import { npyHeader } from './npy.ts'
import { readEdges } from './read-edges.ts'
import { readLabels } from './read-labels.ts'
import { readMatrix } from './read-matrix.ts'
import { Vocabulary } from './vocabulary.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-matrix-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Rows of any matrix. */
function rows(matrix: Matrix | Sparse): number[][] {
  return Array.from({ length: matrix.rows }, (_, r) => {
    if (matrix instanceof Matrix) return [...matrix.row(r)]
    const row = Array.from({ length: matrix.cols }, () => 0)
    for (let e = matrix.indptr[r]; e < matrix.indptr[r + 1]; e++)
      row[matrix.indices[e]] = matrix.values?.[e] ?? 1
    return row
  })
}

const VALUES = [
  [1, 2.5],
  [-3, 0],
  [0, 1e-3],
]
const near = (values: number[][]): number[][] => values.map((row) => row.map(Math.fround))

describe('readMatrix', () => {
  test('plain numbers with and without names, and .npy', async () => {
    const bare = await readMatrix(file('a.csv', '1,2.5\n-3, 0\n0,1e-3\n'))
    expect([rows(bare.matrix), bare.names]).toEqual([near(VALUES), null])
    const named = await readMatrix(file('b.tsv.gz', gzipSync('x\ty\n1\t2.5\n-3\t0\n0\t1e-3\n')))
    expect([rows(named.matrix), named.names]).toEqual([near(VALUES), ['x', 'y']])
    const bytes = Buffer.from(Float32Array.from(VALUES.flat()).buffer)
    const npy = await readMatrix(file('c.npy.gz', gzipSync(Buffer.concat([npyHeader(3, 2), bytes]))))
    expect([rows(npy.matrix), npy.names]).toEqual([near(VALUES), null])
  })

  test('triples are sparse; empty rows at the end by their number', async () => {
    const path = file('t.csv', 'node,feature,value\n2,1,0.5\n0,0,2\n')
    const { matrix } = await readMatrix(path)
    expect(matrix).toBeInstanceOf(Sparse)
    expect(rows(matrix)).toEqual([
      [2, 0],
      [0, 0],
      [0, 0.5],
    ])
    const wider = await readMatrix(path, { rows: 4, columns: 3 })
    expect([wider.matrix.rows, wider.matrix.cols]).toEqual([4, 3])
    const ones = await readMatrix(file('ones.csv', 'row,col\n0,1\n'))
    expect([rows(ones.matrix), (ones.matrix as Sparse).values]).toEqual([[[0, 1]], null])
    await expect(readMatrix(path, { rows: 2 })).rejects.toThrow(
      /t\.csv:2, column "node": expected a whole number from 0 to 1, got "2"/,
    )
    await expect(readMatrix(file('twice.csv', 'node,feature,value\n0,1,1\n0,1,2\n'))).rejects.toThrow(
      /every \(row, column\) once/,
    )
    await expect(readMatrix(file('half.csv', 'node,feature\n0.5,1\n'))).rejects.toThrow(
      /expected a whole number/,
    )
  })

  test('says where a cell is no number', async () => {
    await expect(readMatrix(file('d.csv', 'x,y\n1,2\n3,\n'))).rejects.toThrow(
      /d\.csv:3, column "y": expected a number, got ""/,
    )
    await expect(readMatrix(file('e.csv', '1,2\n3,NaN\n'))).rejects.toThrow(
      /e\.csv:2, column "2": expected a number, got "NaN"/,
    )
    await expect(readMatrix(file('f.csv', '1,2\n3\n'))).rejects.toThrow(/f\.csv:2: expected 2 fields, got 1/)
    await expect(readMatrix(file('g.csv', 'x,y\n'))).rejects.toThrow(/no numbers/)
    await expect(readMatrix(file('h.jsonl', '{"x":1}\n'))).rejects.toThrow(/numbers as \.npy/)
  })
})

describe('readEdges', () => {
  test('row numbers, symmetric, without self-loops and repeats', async () => {
    const { graph, selfLoops } = await readEdges(file('edges.csv', 'source,target\n0,2\n2,0\n1,1\n2,1\n'), 4)
    expect(rows(graph)).toEqual([
      [0, 0, 1, 0],
      [0, 0, 1, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ])
    expect([selfLoops, graph.transposed === graph, graph.values]).toEqual([1, true, null])
  })

  test('ids and weights, no header', async () => {
    const people = Vocabulary.from(['ann', 'bob', 'eve'])
    const path = file('w.csv', 'ann,eve,2\neve,ann,3\n')
    expect(rows((await readEdges(path, people)).graph)).toEqual([
      [0, 0, 3],
      [0, 0, 0],
      [3, 0, 0],
    ])
    await expect(readEdges(file('w2.csv', 'a,b\nann,joe\n'), people)).rejects.toThrow(
      /w2\.csv:2, column "b": expected the id of a row, got "joe"/,
    )
    await expect(readEdges(file('w3.csv', 'a,b,w\nann,bob,0\n'), people)).rejects.toThrow(/a weight above 0/)
    await expect(readEdges(file('w4.csv', 'a,b\n0,7\n'), 3)).rejects.toThrow(
      /column "b": expected a whole number from 0 to 2/,
    )
    await expect(readEdges(file('w5.csv', 'a\n0\n'), 3)).rejects.toThrow(/two ends/)
  })
})

describe('readLabels', () => {
  test('by row number, by id, line after line', async () => {
    const numbered = await readLabels(file('l.csv', 'node,label\n1,x\n0,y\n2,x\n'), 3)
    expect([[...numbered.labels], numbered.names.ids()]).toEqual([
      [1, 0, 0],
      ['x', 'y'],
    ])
    const named = await readLabels(
      file('m.csv', 'user,kind\nbob,y\nann,x\n'),
      Vocabulary.from(['ann', 'bob']),
      { label: 'kind' },
    )
    expect([...named.labels]).toEqual([1, 0])
    expect([...(await readLabels(file('n.csv', 'label\nb\na\nb\n'), 3)).labels]).toEqual([0, 1, 0])
  })

  test('every row has exactly one', async () => {
    const read = (text: string): Promise<unknown> => readLabels(file('o.csv', text), 2)
    await expect(read('node,label\n0,x\n')).rejects.toThrow(/a label for each of 2 rows, got none for row 1/)
    await expect(read('node,label\n0,x\n0,y\n')).rejects.toThrow(
      /o\.csv:3, column "node": expected one label for each row/,
    )
    await expect(read('node,label\n0,x\n2,y\n')).rejects.toThrow(/a row from 0 to 1, got "2"/)
    await expect(read('node,label\n0,x\n1,\n')).rejects.toThrow(
      /o\.csv:3, column "label": expected a label, got nothing/,
    )
    await expect(read('node,class\n0,x\n')).rejects.toThrow(/--label-column/)
  })
})
