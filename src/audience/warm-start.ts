/** Where new segments begin: at the middles, in the space as it is now, of who was together before. */
import type { Vocabulary } from '../data/vocabulary.ts'
import { findClusterer } from '../models/cluster/index.ts'
import type { StartFact } from '../models/cluster/family/warm-start.ts'
import { Matrix } from '../tensor/matrix.ts'

/** A grouping of users by cluster number. */
export interface EarlierGroups {
  readonly ids: Vocabulary
  readonly labels: Int32Array
}

/** Centres to begin from, or why there are none. */
export type Start = { readonly centres: Matrix<'cluster', 'latent'> } | { readonly reason: string }

/** What a segmentation says of its start: nothing to begin from, or how the way from there compared with that from fresh seeds. */
export type StartRecord = { readonly reason: string } | StartFact

/**
 * The mean row of each group before, of who is in both. Memberships carry over where coordinates would not: the space may have been turned,
 * or have other dimensions.
 */
export function startFrom(
  before: EarlierGroups,
  method: string,
  population: Vocabulary,
  rows: Matrix,
): Start {
  const { title, takesCentres } = findClusterer(method)
  if (!takesCentres) return { reason: `${title} takes no centres to begin from` }
  const numbers = [...new Set(before.labels)].sort((a, b) => a - b)
  const placeOf = new Map(numbers.map((label, place) => [label, place]))
  const { cols, data } = rows
  const sums = new Float64Array(numbers.length * cols)
  const sizes = new Float64Array(numbers.length)
  for (let row = 0; row < before.labels.length; row++) {
    const now = population.row(before.ids.id(row))
    if (now < 0) continue
    const place = placeOf.get(before.labels[row])!
    sizes[place]++
    for (let j = 0; j < cols; j++) sums[place * cols + j] += data[now * cols + j]
  }
  const gone = sizes.reduce((count, size) => count + (size === 0 ? 1 : 0), 0)
  if (gone > 0) return { reason: `nobody of ${gone} of the ${numbers.length} segments before is left` }
  const centres = Float32Array.from(sums, (sum, at) => sum / sizes[Math.floor(at / cols)])
  return { centres: new Matrix(numbers.length, cols, centres) }
}

/** Centres as many as there are clusters now; else why not. */
export function startFor(start: Start, clusters: number): Start {
  if ('reason' in start || start.centres.rows === clusters) return start
  return { reason: `there were ${start.centres.rows} segments before, and there are ${clusters} now` }
}
