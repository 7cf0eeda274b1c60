import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import { normalizedBipartite } from './bipartite.ts'
import { breadthFirstPlaces, moveNodes } from './locality.ts'

test('a path is walked from its end; components follow each other', () => {
  // 3 – 0 – 2 – 1 and a lone 4
  const indices = new Int32Array([2, 3, 2, 0, 1, 0])
  const a = new Sparse(5, 5, new Uint32Array([0, 2, 3, 5, 6, 6]), indices, null)
  expect([...breadthFirstPlaces(a)]).toEqual([3, 1, 2, 4, 0])
})

test('moving nodes keeps every entry, in ascending rows', () => {
  const rng = new Random(1)
  const rows = Array.from({ length: 30 }, () =>
    [...new Set(Array.from({ length: 4 }, () => rng.int(20)))].sort((x, y) => x - y),
  )
  const indptr = rows.reduce((p, r) => [...p, p.at(-1)! + r.length], [0])
  const a = normalizedBipartite(
    new Sparse(30, 20, Uint32Array.from(indptr), Int32Array.from(rows.flat()), null),
  )
  const place = breadthFirstPlaces(a)
  expect([...place].sort((x, y) => x - y)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  const b = moveNodes(a, place)
  for (let v = 0; v < 50; v++) {
    const moved = new Map(Array.from(a.row(v), (w, k) => [place[w], a.values![a.indptr[v] + k]]))
    const row = b.row(place[v])
    expect([...row]).toEqual([...moved.keys()].sort((x, y) => x - y))
    row.forEach((w, k) => expect(b.values![b.indptr[place[v]] + k]).toBe(moved.get(w)))
  }
})
