import { describe, expect, test } from 'vitest'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import { runSync } from '../../train/run.ts'
import { type Calibration, calibrate, recallOf, widthFor } from './calibration.ts'
import { buildCells, Cells, type Similarity, type VectorTable } from './cells.ts'
import { NeighbourSpace } from './space.ts'

const DIM = 16
function table(rows: number, seed: number): VectorTable {
  const rng = new Random(seed)
  const centres = Array.from({ length: 20 * DIM }, () => rng.normal())
  const data = heap.f32(rows * DIM)
  for (let row = 0; row < rows; row++) {
    const centre = rng.int(20)
    const length = 0.5 + rng.float()
    for (let c = 0; c < DIM; c++)
      data[row * DIM + c] = length * (centres[centre * DIM + c] + 0.6 * rng.normal())
  }
  return { data, dim: DIM }
}

function build(of: VectorTable, similarity: Similarity): Cells {
  return new Cells(runSync(buildCells(of, similarity, new Random(1))), DIM)
}

function scoreOf({ data }: VectorTable, query: Float32Array, similarity: Similarity, row: number): number {
  let [dot, square, own] = [0, 0, 0]
  for (let c = 0; c < DIM; c++) {
    dot += query[c] * data[row * DIM + c]
    square += data[row * DIM + c] ** 2
    own += query[c] ** 2
  }
  return similarity === 'dot' ? dot : dot / Math.sqrt(square * own)
}

/** By plain loops: the rows that pass, best first. */
function exact(
  of: VectorTable,
  query: Float32Array,
  similarity: Similarity,
  passes: (row: number) => boolean,
) {
  const scores = Array.from({ length: of.data.length / DIM }, (_, row) => scoreOf(of, query, similarity, row))
  return [...scores.keys()]
    .filter(passes)
    .sort((a, b) => scores[b] - scores[a])
    .map((row) => ({ row, score: scores[row] }))
}

describe.each(['dot', 'cosine'] as const)('by %s', (similarity) => {
  const items = table(20_000, 1)
  const users = table(500, 1)
  const cells = build(items, similarity)
  const calibration: Calibration = runSync(calibrate(cells, items, similarity, users, new Random(1)))
  const space = runSync(NeighbourSpace.of(items, similarity, cells, calibration))
  const query = (user: number) => users.data.slice(user * DIM, (user + 1) * DIM)
  const share = (found: Int32Array, wanted: { row: number }[]) =>
    wanted.filter(({ row }) => found.includes(row)).length / wanted.length

  test('the calibrated search finds what its recall says, with exact scores', () => {
    expect(recallOf(calibration)).toBeGreaterThan(0.95)
    expect(calibration.widths[0].width).toBeLessThan(2000)
    expect(calibration.widths.map(({ count }) => count)).toEqual([20, 100])
    let total = 0
    for (let user = 0; user < 50; user++) {
      const found = space.best(query(user), 20, { banned: new Set() })!
      const wanted = exact(items, query(user), similarity, () => true).slice(0, 20)
      total += share(found.rows, wanted) / 50
      found.rows.forEach((row, at) => {
        expect(found.scores[at]).toBeCloseTo(scoreOf(items, query(user), similarity, row), 4)
      })
      expect([...found.scores]).toEqual([...found.scores].sort((a, b) => b - a))
    }
    expect(total).toBeGreaterThan(0.95)
  })

  test('what is banned is never found, and what comes after it is', () => {
    const banned = new Set(
      exact(items, query(3), similarity, () => true)
        .slice(0, 150)
        .map(({ row }) => row),
    )
    const found = space.best(query(3), 20, { banned })!
    expect(found.rows.length).toBe(20)
    expect([...found.rows].some((row) => banned.has(row))).toBe(false)
    const wanted = exact(items, query(3), similarity, (row) => !banned.has(row)).slice(0, 20)
    expect(share(found.rows, wanted)).toBeGreaterThan(0.85)
  })

  test('rows that are banned anywhere make the search no wider; many that are near do', () => {
    const order = exact(items, query(8), similarity, () => true).map(({ row }) => row)
    const far = new Set(order.slice(-15_000))
    const found = space.best(query(8), 20, { banned: far })!
    expect([...found.rows]).toEqual([
      ...space.best(query(8), 20, { banned: new Set(far.keys().take(100)) })!.rows,
    ])
    const near = new Set(order.slice(0, 200))
    const beyond = space.best(query(8), 20, { banned: near })!
    expect(
      share(
        beyond.rows,
        order.slice(200, 220).map((row) => ({ row })),
      ),
    ).toBeGreaterThan(0.9)
  })

  test('a filter that few pass is answered exactly', () => {
    const mask = Uint8Array.from({ length: 20_000 }, (_, row) => (row % 100 === 7 ? 1 : 0))
    const found = space.best(query(5), 10, { banned: new Set([7]), allowed: { mask, count: 200 } })!
    const wanted = exact(items, query(5), similarity, (row) => mask[row] === 1 && row !== 7).slice(0, 10)
    expect([...found.rows]).toEqual(wanted.map(({ row }) => row))
    const none = space.best(query(5), 10, {
      banned: new Set(),
      allowed: { mask: new Uint8Array(20_000), count: 0 },
    })
    expect(none?.rows.length).toBe(0)
  })

  test('where only scoring everything can tell, it says so', () => {
    expect(space.best(query(1), 19_000, { banned: new Set() })).toBe(null)
  })
})

test('a filter that many pass, but none near the query, is not answered from what is near', () => {
  const rows = 20_000
  const items = table(rows, 2)
  const cells = build(items, 'dot')
  const users = table(300, 2)
  const calibration = runSync(calibrate(cells, items, 'dot', users, new Random(1)))
  const space = runSync(NeighbourSpace.of(items, 'dot', cells, calibration))
  const query = users.data.slice(0, DIM)
  const order = exact(items, query, 'dot', () => true)
  const mask = new Uint8Array(rows).fill(1)
  for (const { row } of order.slice(0, 12_000)) mask[row] = 0
  expect(space.best(query, 10, { banned: new Set(), allowed: { mask, count: 8000 } })).toBe(null)
  mask.fill(1)
  for (const { row } of order.slice(0, 200)) mask[row] = 0
  const found = space.best(query, 10, { banned: new Set(), allowed: { mask, count: rows - 200 } })!
  const wanted = order.slice(200, 210).map(({ row }) => row)
  expect(wanted.filter((row) => found.rows.includes(row)).length).toBeGreaterThanOrEqual(8)
})

test('every row is in one cell, and a search wide enough comes by all of them', () => {
  const items = table(3000, 3)
  const { peaks, offsets, members } = runSync(buildCells(items, 'dot', new Random(1)))
  expect(peaks.length / DIM).toBe(Math.ceil(4 * Math.sqrt(3000)))
  expect([offsets[0], offsets.at(-1)]).toEqual([0, 3000])
  expect([...members].sort((a, b) => a - b)).toEqual([...members.keys()])
  const cells = new Cells({ peaks, offsets, members }, DIM)
  const query = items.data.slice(0, DIM)
  expect(new Set(cells.search(query, 3000, 3000)).size).toBe(3000)
  expect(cells.search(query, 3000, 2999)).toBe(null)
  // Whole cells are taken, until there is enough.
  const some = cells.search(query, 100, 3000)!
  const before = cells.rowsBefore(query)
  const cellOf = cells.cellOfRows()
  expect(some.length).toBeGreaterThanOrEqual(100)
  for (let row = 0; row < 3000; row++) expect(before[cellOf[row]] < 100).toBe(some.includes(row))
})

test('the same vectors and seed give the same index; other seeds another', () => {
  const items = table(3000, 3)
  const [a, b, other] = [1, 1, 2].map((seed) => runSync(buildCells(items, 'cosine', new Random(seed))))
  expect(a).toEqual(b)
  expect(a).not.toEqual(other)
})

test('rows of zeros, rows that are the same and a single row', () => {
  const same = { data: heap.f32(50 * DIM).fill(1), dim: DIM }
  same.data.fill(0, 0, 10 * DIM)
  for (const similarity of ['dot', 'cosine'] as const) {
    const cells = build(same, similarity)
    const calibration = runSync(calibrate(cells, same, similarity, same, new Random(1)))
    expect(recallOf(calibration)).toBeGreaterThan(0)
    expect(cells.search(same.data.slice(0, DIM), 50, 50)!.length).toBe(50)
    const one = { data: heap.f32(DIM).fill(2), dim: DIM }
    expect([...build(one, similarity).search(one.data.slice(), 1, 1)!]).toEqual([0])
  }
})

test('widths between and beyond those that were calibrated', () => {
  const widths = [
    { count: 20, width: 40, recall: 0.97 },
    { count: 100, width: 120, recall: 0.96 },
  ]
  const at = (n: number) => widthFor({ widths, queries: 1 }, n)
  expect([1, 20, 60, 100, 200].map(at)).toEqual([40, 40, 80, 120, 240])
  expect(recallOf({ widths, queries: 1 })).toBe(0.96)
})
