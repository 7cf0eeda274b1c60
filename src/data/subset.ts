/** Parts of interactions. */
import { Sparse } from '../tensor/sparse.ts'
import { interactionsFromRows, type Interactions } from './interactions.ts'
import { Vocabulary } from './vocabulary.ts'

/** The entries e with parts[e] === part, over the same vocabularies. */
export function entriesOf(
  { users, items, matrix, times }: Interactions,
  parts: Uint8Array,
  part: number,
): Interactions {
  let kept = 0
  for (let e = 0; e < parts.length; e++) if (parts[e] === part) kept++
  const indptr = new Uint32Array(matrix.rows + 1)
  const indices = new Int32Array(kept)
  const values = matrix.values && new Float32Array(kept)
  const keptTimes = times && new Float64Array(kept)
  let at = 0
  for (let u = 0; u < matrix.rows; u++) {
    for (let e = matrix.indptr[u]; e < matrix.indptr[u + 1]; e++) {
      if (parts[e] !== part) continue
      indices[at] = matrix.indices[e]
      if (values) values[at] = matrix.values[e]
      if (keptTimes) keptTimes[at] = times[e]
      at++
    }
    indptr[u + 1] = at
  }
  return {
    users,
    items,
    matrix: new Sparse(matrix.rows, matrix.cols, indptr, indices, values),
    times: keptTimes,
  }
}

/** The entries of the users and items that are marked, over vocabularies of only those, in the same order. */
export function restrict(
  interactions: Interactions,
  keepUser: Uint8Array,
  keepItem: Uint8Array,
): Interactions {
  const { matrix, times } = interactions
  const newItem = new Int32Array(matrix.cols).fill(-1)
  let items = 0
  for (let i = 0; i < matrix.cols; i++) if (keepItem[i]) newItem[i] = items++
  const parts = new Uint8Array(matrix.nnz)
  for (let u = 0; u < matrix.rows; u++) {
    for (let e = matrix.indptr[u]; e < matrix.indptr[u + 1]; e++) {
      parts[e] = keepUser[u] && keepItem[matrix.indices[e]] ? 1 : 0
    }
  }
  const kept = entriesOf({ ...interactions, matrix, times }, parts, 1)
  const indptr = [0]
  for (let u = 0; u < matrix.rows; u++) if (keepUser[u]) indptr.push(kept.matrix.indptr[u + 1])
  const indices = kept.matrix.indices.map((i) => newItem[i])
  return {
    users: marked(interactions.users, keepUser),
    items: marked(interactions.items, keepItem),
    matrix: new Sparse(indptr.length - 1, items, Uint32Array.from(indptr), indices, kept.matrix.values),
    times: kept.times,
  }
}

function marked(vocabulary: Vocabulary, keep: Uint8Array): Vocabulary {
  const ids = function* (): Generator<string> {
    for (let row = 0; row < keep.length; row++) if (keep[row]) yield vocabulary.id(row)
  }
  return Vocabulary.from(ids())
}

/** The same interactions in the rows of other vocabularies; entries with a user or item they lack are left out and counted. */
export function inVocabularies(
  interactions: Interactions,
  { users, items }: Pick<Interactions, 'users' | 'items'>,
): { readonly interactions: Interactions; readonly unknown: number } {
  if (interactions.users === users && interactions.items === items) return { interactions, unknown: 0 }
  const { matrix, times } = interactions
  const userRow = Int32Array.from(interactions.users, (id) => users.row(id))
  const itemRow = Int32Array.from(interactions.items, (id) => items.row(id))
  const userRows = new Int32Array(matrix.nnz)
  const itemRows = new Int32Array(matrix.nnz)
  const weights = matrix.values && new Float32Array(matrix.nnz)
  const keptTimes = times && new Float64Array(matrix.nnz)
  let known = 0
  for (let u = 0; u < matrix.rows; u++) {
    for (let e = matrix.indptr[u]; e < matrix.indptr[u + 1]; e++) {
      const item = itemRow[matrix.indices[e]]
      if (userRow[u] < 0 || item < 0) continue
      userRows[known] = userRow[u]
      itemRows[known] = item
      if (weights) weights[known] = matrix.values[e]
      if (keptTimes) keptTimes[known] = times[e]
      known++
    }
  }
  const mapped = interactionsFromRows(
    users,
    items,
    userRows.subarray(0, known),
    itemRows.subarray(0, known),
    weights && weights.subarray(0, known),
    keptTimes && keptTimes.subarray(0, known),
  )
  return { interactions: mapped, unknown: matrix.nnz - known }
}
