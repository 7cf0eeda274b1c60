/** A map: users or items as points in two dimensions, near ones near each other. */
import { heap } from '../kernels/heap.ts'
import { type Neighbourhoods, neighbourhoods } from '../metrics/neighbourhoods.ts'
import { inverseNorms } from '../nn/cosines.ts'
import { umap } from '../nn/projection/umap.ts'
import { Random } from '../random.ts'
import { checkFinite } from '../tensor/features.ts'
import { Matrix } from '../tensor/matrix.ts'
import { inRegion, type Job } from '../train/run.ts'
import type { MapSettings } from './map-settings.ts'
import type { Space } from './space.ts'

export interface MapPlaces {
  readonly ids: readonly string[]
  /** ids × 2. */
  readonly coordinates: Float32Array
}

export interface MapFit {
  /** How many nearest others were compared. */
  readonly k: number
  readonly preserved: number
  readonly trustworthiness: number
}

export interface DrawnMap {
  /** rows of the space × 2, in ordinary memory. */
  readonly coordinates: Float32Array
  /** How well the map shows who is near whom; null where there are fewer than three points. */
  readonly neighbourhood: MapFit | null
}

/** Rows that {@link DrawnMap.neighbourhood} looks at. */
const LOOKED_AT = 1000

/**
 * Draws the rows of a space. `before`: where they were on a map before, from which this one goes on. Snapshots of the phase `layout` have the
 * coordinates so far.
 *
 * @throws ARGUMENT for vectors that are not finite; EMPTY where there are none.
 */
export function drawMap(
  space: Space,
  { metric, ...options }: MapSettings,
  seed: number,
  before: MapPlaces | null,
): Job<DrawnMap> {
  const work = function* (): Job<DrawnMap> {
    const x = rowsToCompare(space, metric)
    const rng = new Random(seed).stream('map')
    const at = yield* umap(x, { ...options, rng, start: before && placesOf(space, before) })
    const coordinates = at.slice()
    const k = Math.min(options.neighbours, Math.floor((space.ids.size - 1) / 2))
    if (k < 1) return { coordinates, neighbourhood: null }
    const { preserved, trustworthiness } = yield* compare(x, coordinates, k, rng)
    return { coordinates, neighbourhood: { k, preserved, trustworthiness } }
  }
  return inRegion(work(), (map) => map)
}

/** The rows as they are, or on the unit sphere, where distance goes by angle; rows of zeros stay at the origin. */
function rowsToCompare({ ids, dim, data }: Space, metric: MapSettings['metric']): Matrix {
  const x = new Matrix(ids.size, dim, heap.copy(data))
  if (metric === 'euclidean') return x
  checkFinite(x, 'vectors')
  const inverse = heap.scratchF32(x.rows)
  inverseNorms(x.data, dim, inverse)
  for (let e = 0; e < x.data.length; e++) x.data[e] *= inverse[Math.floor(e / dim)]
  return x
}

/** Where the rows of the space were; NaN for those that were not there. */
function placesOf({ ids }: Space, { ids: before, coordinates }: MapPlaces): Float32Array {
  const at = new Float32Array(2 * ids.size).fill(NaN)
  before.forEach((id, row) => {
    const own = ids.row(id)
    if (own >= 0) at.set(coordinates.subarray(2 * row, 2 * row + 2), 2 * own)
  })
  return at
}

function* compare(x: Matrix, coordinates: Float32Array, k: number, rng: Random): Job<Neighbourhoods> {
  const job = neighbourhoods(x, coordinates, { k, sample: LOOKED_AT, rng })
  let step = job.next()
  for (; !step.done; step = job.next()) yield { phase: 'compare', ...step.value, unit: 'rows' }
  return step.value
}

/** The least and greatest coordinates: x0, y0, x1, y1. */
export function boundsOf(coordinates: Float32Array): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let e = 0; e < coordinates.length; e++) {
    bounds[e % 2] = Math.min(bounds[e % 2], coordinates[e])
    bounds[2 + (e % 2)] = Math.max(bounds[2 + (e % 2)], coordinates[e])
  }
  return bounds
}
