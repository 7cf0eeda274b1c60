import { expect, test } from 'vitest'
import { plantedPartition, undirected } from '../../../test/graphs.ts'
import { Random } from '../../random.ts'
import { EdgeFilter } from './edge-filter.ts'

test('every edge passes, and most other pairs do not', () => {
  const { adjacency } = plantedPartition(new Random(4), 4, 100, 0.2, 0.02)
  const filter = new EdgeFilter(adjacency.indptr, adjacency.indices)
  let [passed, others] = [0, 0]
  for (let v = 0; v < 400; v++) {
    for (let w = 0; w < 400; w++) {
      if (adjacency.has(v, w)) expect(filter.mayHold(v, w)).toBe(true)
      else {
        others++
        if (filter.mayHold(v, w)) passed++
      }
    }
  }
  expect(passed / others).toBeLessThan(1 / 8)
})

test('no edges, and nodes of high number', () => {
  const none = undirected(3, []).adjacency
  expect(new EdgeFilter(none.indptr, none.indices).mayHold(0, 1)).toBe(false)
  const far = new EdgeFilter(Uint32Array.of(0, 1), Int32Array.of(2 ** 31 - 1))
  expect(far.mayHold(0, 2 ** 31 - 1)).toBe(true)
})
