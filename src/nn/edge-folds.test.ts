import { expect, test } from 'vitest'
import { normalizedBipartite } from '../graph/bipartite.ts'
import { breadthFirstPlaces, moveNodes } from '../graph/locality.ts'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import { EdgeFolds, EdgeMask } from './edge-folds.ts'

/** u0: a b; u1: a b c; u2: c. */
const interactions = new Sparse(3, 3, new Uint32Array([0, 2, 5, 6]), new Int32Array([0, 1, 0, 1, 2, 2]), null)

/** The pairs of nodes whose value is not zero, `row>column`. */
function edges(graph: Sparse): string[] {
  const out: string[] = []
  for (let r = 0; r < graph.rows; r++) {
    for (let e = graph.indptr[r]; e < graph.indptr[r + 1]; e++)
      if (graph.values![e] !== 0) out.push(`${r}>${graph.indices[e]}`)
  }
  return out
}

test('a mask hides both directions of the edges it is given, even if they repeat, and puts them back', () => {
  const graph = normalizedBipartite(interactions)
  const before = graph.values!.slice()
  const mask = new EdgeMask(interactions, graph)
  const all = edges(graph)
  // Entry 3 is (u1, b): nodes 1 and 4; entry 5 is (u2, c): nodes 2 and 5.
  mask.hide(new Uint32Array([3, 5, 3]))
  expect(edges(graph)).toEqual(all.filter((edge) => !['1>4', '4>1', '2>5', '5>2'].includes(edge)))
  mask.restore()
  expect(graph.values).toEqual(before)
})

test('a mask finds its edges where nodes have moved to', () => {
  const original = normalizedBipartite(interactions)
  const rowOf = breadthFirstPlaces(original)
  expect([...rowOf]).not.toEqual([0, 1, 2, 3, 4, 5])
  const graph = moveNodes(original, rowOf)
  const all = edges(graph)
  new EdgeMask(interactions, graph, rowOf).hide(new Uint32Array([3]))
  const gone = [`${rowOf[1]}>${rowOf[4]}`, `${rowOf[4]}>${rowOf[1]}`]
  expect(edges(graph)).toEqual(all.filter((edge) => !gone.includes(edge)))
})

test('folds hide every interaction once in a round and say which', () => {
  const graph = normalizedBipartite(interactions)
  const whole = edges(graph)
  const folds = new EdgeFolds(interactions, graph, 3, new Random(1))
  const hidden: string[] = []
  for (let step = 0; step < 3; step++) {
    const { users, items } = folds.hide(step)
    expect(users.length).toBe(2)
    const pairs = [...users].map((u, k) => `${u}>${items[k] + 3}`)
    const mirrored = [...users].map((u, k) => `${items[k] + 3}>${u}`)
    expect(edges(graph)).toEqual(whole.filter((edge) => !pairs.includes(edge) && !mirrored.includes(edge)))
    folds.restore()
    hidden.push(...pairs)
  }
  expect(hidden.sort()).toEqual(['0>3', '0>4', '1>3', '1>4', '1>5', '2>5'])
})
