/** How much denser a graph is within communities than chance would have it. */
import { fail } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'

/**
 * Q = Σ_c [ W_c / W − γ · Out_c · In_c / W² ], where W is the weight of all entries of the adjacency matrix, W_c of those within
 * community c, Out_c and In_c of those that leave from and arrive at nodes of c (Newman 2006, https://arxiv.org/abs/physics/0602124; with directions Leicht &
 * Newman 2008, https://arxiv.org/abs/0709.4500). A self-loop of an undirected graph counts twice, as it has two ends. 0 for a graph without edges.
 *
 * @param communities one number from 0 for each node
 */
export function modularity(
  { adjacency: a, directed }: Pick<Graph, 'adjacency' | 'directed'>,
  communities: Int32Array,
  resolution = 1,
): number {
  if (communities.length !== a.rows || communities.some((c) => c < 0)) {
    throw fail('ARGUMENT', {
      what: 'modularity',
      expected: `a community from 0 for each of ${a.rows} nodes`,
      got: `${communities.length} numbers from ${communities.reduce((x, y) => Math.min(x, y), 0)}`,
    })
  }
  const count = communities.reduce((x, y) => Math.max(x, y), -1) + 1
  const out = new Float64Array(count)
  const into = new Float64Array(count)
  let within = 0
  let total = 0
  for (let v = 0; v < a.rows; v++) {
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
      const w = a.indices[e]
      const weight = (a.values ? a.values[e] : 1) * (w === v && !directed ? 2 : 1)
      out[communities[v]] += weight
      into[communities[w]] += weight
      total += weight
      if (communities[v] === communities[w]) within += weight
    }
  }
  if (total === 0) return 0
  let expected = 0
  for (let c = 0; c < count; c++) expected += (out[c] / total) * (into[c] / total)
  return within / total - resolution * expected
}
