/** Small graphs for tests. */
import { Vocabulary } from '../src/data/vocabulary.ts'
import type { Graph } from '../src/graph/graph.ts'
import type { Random } from '../src/random.ts'
import { Sparse } from '../src/tensor/sparse.ts'

/** A graph of nodes "0" … from rows of [neighbour, weight] pairs, taken as they are. */
export function graphOfRows(
  rows: readonly (readonly (readonly [number, number])[])[],
  directed = true,
): Graph {
  const sorted = rows.map((row) => [...row].sort((a, b) => a[0] - b[0]))
  const indptr = new Uint32Array(rows.length + 1)
  for (const [v, row] of sorted.entries()) indptr[v + 1] = indptr[v] + row.length
  const entries = sorted.flat()
  const adjacency = new Sparse(
    rows.length,
    rows.length,
    indptr,
    Int32Array.from(entries, ([to]) => to),
    Float32Array.from(entries, ([, weight]) => weight),
  )
  return { nodes: Vocabulary.from(rows.map((_, v) => String(v))), adjacency, directed }
}

/** An undirected graph of `n` nodes from edges [a, b, weight]. */
export function undirected(n: number, edges: readonly (readonly [number, number, number?])[]): Graph {
  const rows: [number, number][][] = Array.from({ length: n }, () => [])
  for (const [a, b, weight = 1] of edges) {
    rows[a].push([b, weight])
    if (a !== b) rows[b].push([a, weight])
  }
  return graphOfRows(rows, false)
}

/** Row v as `to: weight`, for comparison. */
export function rowOf({ adjacency: a }: Graph, v: number): Record<number, number> {
  return Object.fromEntries(Array.from(a.row(v), (to, i) => [to, a.values ? a.values[a.indptr[v] + i] : 1]))
}

/** Zachary's karate club (1977): who met whom outside the club; 34 members, 78 ties, members numbered from 0. */
export function karateClub(): Graph {
  const later = [
    '1 2 3 4 5 6 7 8 10 11 12 13 17 19 21 31',
    '2 3 7 13 17 19 21 30',
    '3 7 8 9 13 27 28 32',
    '7 12 13',
    '6 10',
    '6 10 16',
    '16',
    '',
    '30 32 33',
    '33',
    '',
    '',
    '',
    '33',
    '32 33',
    '32 33',
    '',
    '',
    '32 33',
    '33',
    '32 33',
    '',
    '32 33',
    '25 27 29 32 33',
    '25 27 31',
    '31',
    '29 33',
    '33',
    '31 33',
    '32 33',
    '32 33',
    '32 33',
    '33',
  ]
  return undirected(
    34,
    later.flatMap((row, v) =>
      row === '' ? [] : row.split(' ').map((w): [number, number] => [v, Number(w)]),
    ),
  )
}

/** `groups` groups of `size` nodes; edges with chance `within` inside of a group and `between` outside. Node v is in group v mod groups. */
export function plantedPartition(
  rng: Random,
  groups: number,
  size: number,
  within: number,
  between: number,
): Graph {
  const n = groups * size
  const edges: [number, number][] = []
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      if (rng.float() < (a % groups === b % groups ? within : between)) edges.push([a, b])
    }
  }
  return undirected(n, edges)
}
