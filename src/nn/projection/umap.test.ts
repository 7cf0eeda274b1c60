import { describe, expect, test } from 'vitest'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { run, runSync } from '../../train/run.ts'
import { umap, type UmapOptions } from './umap.ts'

function place(rows: number[][], options: Partial<UmapOptions> = {}): Float32Array {
  return heap.scope(() => runSync(umap(Matrix.from(rows), { rng: new Random(1), ...options })).slice())
}

/** `count` rows about each of the centres, in turn. */
function blobs(centres: readonly number[], count: number, d = 8, seed = 3): number[][] {
  const rng = new Random(seed)
  return Array.from({ length: centres.length * count }, (_, i) =>
    Array.from({ length: d }, () => centres[i % centres.length] + rng.normal()),
  )
}

const finite = (at: Float32Array): boolean => at.every(Number.isFinite)
const distance = (at: Float32Array, i: number, j: number): number =>
  Math.hypot(at[2 * i] - at[2 * j], at[2 * i + 1] - at[2 * j + 1])

describe('umap', () => {
  test('groups that are apart stay apart, though nothing joins them', () => {
    const at = place(blobs([0, 30, -30], 40), { neighbours: 10 })
    for (let i = 0; i < 120; i++) {
      const nearest = Array.from({ length: 120 }, (_, j) => j)
        .filter((j) => j !== i)
        .reduce((a, b) => (distance(at, i, a) < distance(at, i, b) ? a : b))
      expect(nearest % 3).toBe(i % 3)
    }
  })

  test('a circle stays a ring: neighbours of the circle are near, opposite points far', () => {
    const n = 200
    const circle = Array.from({ length: n }, (_, i) => [
      Math.cos((2 * Math.PI * i) / n),
      Math.sin((2 * Math.PI * i) / n),
    ])
    const at = place(circle, { neighbours: 8 })
    for (let i = 0; i < n; i++) {
      expect(distance(at, i, (i + 1) % n) * 3).toBeLessThan(distance(at, i, (i + n / 2) % n))
    }
  })

  test('fewer rows than neighbours, one row, two rows, one column', () => {
    expect(place([[3, 4]])).toEqual(new Float32Array(2))
    for (const rows of [
      [[0], [1]],
      [
        [1, 2],
        [1, 2],
      ],
      [
        [0, 0],
        [0, 1],
        [5, 5],
      ],
      blobs([0], 7, 3),
    ]) {
      const at = place(rows)
      expect(at.length).toBe(2 * rows.length)
      expect(finite(at)).toBe(true)
    }
  })

  test('all rows equal, and rows of zeros among others', () => {
    const equal = place(Array.from({ length: 30 }, () => [1, 2, 3]))
    expect(finite(equal)).toBe(true)
    expect(new Set(equal).size).toBeGreaterThan(30)
    expect(
      finite(
        place([...blobs([4], 20), ...Array.from({ length: 20 }, () => Array.from({ length: 8 }, () => 0))]),
      ),
    ).toBe(true)
  })

  test('refuses NaN, no rows, and options outside their domain', () => {
    expect(() => place([[1], [NaN], [2]])).toThrow(/finite numbers .* got NaN in row 1, column 0/)
    expect(() => place([])).toThrow('a map of no rows')
    expect(() => place([[1], [2]], { neighbours: 0 })).toThrow('neighbours: expected a whole number of 1')
    expect(() => place([[1], [2]], { epochs: 1.5 })).toThrow('epochs: expected a whole number')
    expect(() => place([[1], [2]], { minDistance: 2 })).toThrow('minDistance: expected a number from 0')
    expect(() => place([[1], [2]], { start: new Float32Array(3) })).toThrow('a start of 2 × 2 numbers')
  })

  test('the same bits again, other bits for another seed, and readable at every epoch', async () => {
    const rows = blobs([0, 3], 60)
    const first = place(rows, { epochs: 30 })
    expect(place(rows, { epochs: 30 })).toEqual(first)
    expect(place(rows, { epochs: 30, rng: new Random(2) })).not.toEqual(first)
    const seen: Float32Array[] = []
    const last = await run(umap(Matrix.from(rows), { rng: new Random(1), epochs: 30 }), {
      onSnapshot: async ({ arrays }) => void seen.push(arrays['coordinates'].slice()),
    })
    expect(seen.length).toBe(30)
    expect(seen.every(finite)).toBe(true)
    expect(seen.at(-1)).toEqual(last)
    expect(seen[0]).not.toEqual(last)
  })

  test('goes on from a map before: what was there hardly moves, what is new comes to its neighbours', () => {
    const rows = blobs([0, 6, -6], 60)
    const before = place(rows)
    const more = [...rows, ...blobs([0, 6, -6], 3, 8, 9)]
    const start = new Float32Array(2 * more.length).fill(NaN)
    start.set(before)
    const after = place(more, { start })
    const size = Math.max(...before) - Math.min(...before)
    let moved = 0
    for (let i = 0; i < rows.length; i++) {
      moved += Math.hypot(after[2 * i] - before[2 * i], after[2 * i + 1] - before[2 * i + 1]) / rows.length
    }
    expect(moved / size).toBeLessThan(0.1)
    for (let i = rows.length; i < more.length; i++) {
      const nearest = rows
        .map((_, j) => j)
        .reduce((a, b) => (distance(after, i, a) < distance(after, i, b) ? a : b))
      expect(nearest % 3).toBe(i % 3)
    }
    // Where nothing was there before, it starts as a first map does.
    expect(place(rows, { start: new Float32Array(2 * rows.length).fill(NaN) })).toEqual(before)
  })
})
