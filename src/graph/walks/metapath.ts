/**
 * Walks over typed nodes along a metapath (Dong et al. 2017, metapath2vec, https://doi.org/10.1145/3097983.3098036, section
 * 3.2): the step at place i of the path goes to a neighbour of the path's type i + 1, in proportion to the weights.
 */
import type { Kinds } from '../../data/edges.ts'
import { fail, quote } from '../../errors.ts'
import { Sparse } from '../../tensor/sparse.ts'
import type { Graph } from '../graph.ts'
import { firstOrderWalks } from './first-order.ts'
import type { WalkSettings } from './settings.ts'
import { walkTables } from './tables.ts'
import { type Walker, walker } from './walker.ts'

/**
 * Prepares walks along `path`, such as `['user', 'item', 'user']`, which ends in the type it begins with and is then gone through
 * again. They start at the nodes of its first type; a node without a neighbour of the type that comes next ends the walk.
 *
 * @throws ARGUMENT for a path that does not close, UNKNOWN_NAME for a type that there is none of.
 */
export function createMetapathWalker(
  graph: Graph,
  types: Kinds,
  path: readonly string[],
  settings: Omit<WalkSettings, 'p' | 'q'>,
): Walker {
  if (types.of.length !== graph.nodes.size) {
    throw fail('SHAPE', {
      op: 'metapath walks',
      expected: `a type for each of ${graph.nodes.size} nodes`,
      got: `${types.of.length} types`,
    })
  }
  if (path.length < 2 || path[0] !== path.at(-1)) {
    throw fail('ARGUMENT', {
      what: 'metapath',
      expected: 'at least two types, the last the same as the first, such as user,item,user',
      got: quote(path.join(',')),
    })
  }
  const cycle = path.slice(1).map((name) => {
    const type = types.names.indexOf(name)
    if (type < 0) throw fail('UNKNOWN_NAME', { kind: 'node type', name, known: types.names })
    return type
  })
  const toType = new Map(
    [...new Set(cycle)].map((type) => [
      type,
      walkTables(neighboursOfType(graph.adjacency, types.of, type), false),
    ]),
  )
  const tables = cycle.map((type) => toType.get(type)!)
  const first = cycle.at(-1)!
  const starts = Int32Array.from({ length: types.of.length }, (_, v) => v).filter(
    (v) => types.of[v] === first,
  )
  return walker(starts, tables[0], settings, (batch) => firstOrderWalks(tables, batch))
}

/** The matrix with only the columns of one type. */
function neighboursOfType(a: Sparse, typeOf: Int32Array, type: number): Sparse {
  const indptr = new Uint32Array(a.rows + 1)
  for (let v = 0; v < a.rows; v++) {
    let count = indptr[v]
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) if (typeOf[a.indices[e]] === type) count++
    indptr[v + 1] = count
  }
  const indices = new Int32Array(indptr[a.rows])
  const values = a.values && new Float32Array(indices.length)
  for (let e = 0, at = 0; e < a.nnz; e++) {
    if (typeOf[a.indices[e]] !== type) continue
    indices[at] = a.indices[e]
    if (values) values[at] = a.values[e]
    at++
  }
  return new Sparse(a.rows, a.cols, indptr, indices, values)
}
