import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../data/vocabulary.ts'
import { sequencesFrom } from '../graph/sequences.ts'
import { undirectedAdjacency } from '../graph/undirected.ts'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import { holdOut } from './hold-out.ts'

const sequences = sequencesFrom(
  ['a b c d', 'b c', 'c', 'd a b'].flatMap((items, u) =>
    items.split(' ').map((item) => ({ user: `u${u}`, item })),
  ),
)

describe('held-out pairs', () => {
  test('of sequences: the last steps of some that have two items, and the rest stays', () => {
    const { input, heldOut } = holdOut({ sequences }, 0.7, new Random(1))
    const { tokens, offsets } = input.sequences!.sentences
    const { items } = sequences
    expect(heldOut.from).toHaveLength(2)
    const whole = sequences.sentences
    let cut = 0
    for (let s = 0; s < 4; s++) {
      const before = [...whole.tokens.subarray(whole.offsets[s], whole.offsets[s + 1])]
      const after = [...tokens.subarray(offsets[s], offsets[s + 1])]
      if (after.length === before.length) expect(after).toEqual(before)
      else {
        cut++
        expect(after).toEqual(before.slice(0, -1))
        const at = [...heldOut.to].findIndex(
          (to, i) => to === before.at(-1) && heldOut.from[i] === before.at(-2),
        )
        expect(at).toBeGreaterThanOrEqual(0)
        expect(heldOut.negativeTo[at]).not.toBe(heldOut.to[at])
        expect(heldOut.negativeTo[at]).toBeLessThan(items.size)
      }
    }
    expect(cut).toBe(2)
  })

  test('of a directed graph they are scored against contexts, of an undirected one against vectors', () => {
    // A ring of ten, each node to the next two.
    const nodes = Vocabulary.from('abcdefghij')
    const rows = Array.from({ length: 10 }, (_, v) => [(v + 1) % 10, (v + 2) % 10].sort((x, y) => x - y))
    const indptr = Uint32Array.from({ length: 11 }, (_, v) => 2 * v)
    const ring = new Sparse(10, 10, indptr, Int32Array.from(rows.flat()), null)
    for (const directed of [true, false]) {
      const adjacency = directed ? ring : undirectedAdjacency({ adjacency: ring, directed: true })
      const graph = { nodes, adjacency, directed }
      const { input, heldOut } = holdOut({ graph }, 0.2, new Random(1))
      expect(heldOut.score ?? 'input').toBe(directed ? 'output' : 'input')
      expect(input.graph!.adjacency.nnz).toBeLessThan(graph.adjacency.nnz)
      for (const [i, from] of heldOut.from.entries())
        expect(input.graph!.adjacency.has(from, heldOut.to[i])).toBe(false)
    }
  })

  test('refuses a share that is none, and what has nothing to hold out', () => {
    expect(() => holdOut({ sequences }, 1, new Random(1))).toThrow(
      'share of held-out steps: expected between 0 and 1, got 1',
    )
    const single = sequencesFrom([{ user: 'u', item: 'a' }])
    expect(() => holdOut({ sequences: single }, 0.5, new Random(1))).toThrow(
      'of 1 sequences, 0 with two items or more',
    )
  })
})
