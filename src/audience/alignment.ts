/**
 * Two versions of an embedding space brought together. Trainings end in spaces that are turned against each other at random; what stands on
 * vectors must not notice. The new space is turned onto the old one by the rotation (or reflection) R that brings the directions of the ids of both
 * as near as it can: orthogonal Procrustes (Schönemann 1966), R = U Vᵀ for Σ x yᵀ = U S Vᵀ over pairs x, y of length 1, which maximises
 * the sum of their cosines. Dot products within a space stay what they were.
 */
import type { Vocabulary } from '../data/vocabulary.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { squareSvd } from '../tensor/jacobi-svd.ts'
import { sharedRows } from './flows.ts'

/** A row of `dim` numbers for each id. */
export interface Rows {
  readonly ids: Vocabulary
  readonly dim: number
  readonly data: Float32Array
}

/** The row in `before` of each row of `now`; −1 where there is none, or one of the two is zero. */
export function pairRows(now: Rows, before: Rows): Int32Array {
  const job = sharedRows(now.ids, before.ids)
  let step = job.next()
  while (!step.done) step = job.next()
  return step.value.map((other, row) =>
    other >= 0 && isPlaced(now, row) && isPlaced(before, other) ? other : -1,
  )
}

function isPlaced({ data, dim }: Rows, row: number): boolean {
  for (let at = row * dim; at < (row + 1) * dim; at++) if (data[at] !== 0) return true
  return false
}

/** One kind of rows (users, or items) in both spaces, and which belong together. */
export interface Pairing {
  readonly now: Rows
  readonly before: Rows
  readonly pairs: Int32Array
}

/**
 * R, dim × dim, row-major, for rows x of the new space: x R. All pairings are of the same two spaces. With `widths` (which sum to dim) the
 * vectors are of several spaces side by side, each of which is turned on its own.
 */
export function rotationOnto(pairings: readonly Pairing[], widths?: readonly number[]): Float32Array {
  const { dim } = pairings[0].now
  const rotation = new Float32Array(dim * dim)
  let from = 0
  for (const width of widths ?? [dim]) {
    const block = blockRotation(pairings, from, width)
    for (let i = 0; i < width; i++)
      rotation.set(block.subarray(i * width, (i + 1) * width), (from + i) * dim + from)
    from += width
  }
  return rotation
}

/** U Vᵀ of the columns from `from` on: width × width. */
function blockRotation(pairings: readonly Pairing[], from: number, width: number): Float32Array {
  const cross = new Float64Array(width * width)
  for (const { now, before, pairs } of pairings) {
    heap.scope(() => {
      const rows = Array.from(pairs.keys()).filter((row) => pairs[row] >= 0)
      const x = heap.scratchF32(rows.length * width)
      const y = heap.scratchF32(rows.length * width)
      rows.forEach((row, r) => {
        unitColumns(now, row, from, x.subarray(r * width, (r + 1) * width))
        unitColumns(before, pairs[row], from, y.subarray(r * width, (r + 1) * width))
      })
      const sum = heap.scratchF32(width * width)
      kernels().gemm(true, false, width, width, rows.length, 1, x, width, y, width, 0, sum, width)
      sum.forEach((value, at) => (cross[at] += value))
    })
  }
  const { u, v } = squareSvd(cross, width)
  return Float32Array.from(cross, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width]
    let sum = 0
    for (let k = 0; k < width; k++) sum += u[i * width + k] * v[j * width + k]
    return sum
  })
}

/** The columns of a row from `from` on, at length 1; zeros stay zeros. */
function unitColumns({ data, dim }: Rows, row: number, from: number, out: Float32Array): void {
  const at = row * dim + from
  let square = 0
  for (let j = 0; j < out.length; j++) square += data[at + j] ** 2
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0
  for (let j = 0; j < out.length; j++) out[j] = data[at + j] * scale
}

/** The rows turned by R, in ordinary memory. */
export function rotated(data: Float32Array, dim: number, rotation: Float32Array): Float32Array {
  return heap.scope(() => {
    const out = heap.scratchF32(data.length)
    const n = data.length / dim
    kernels().gemm(
      false,
      false,
      n,
      dim,
      dim,
      1,
      heap.place(data),
      dim,
      heap.place(rotation),
      dim,
      0,
      out,
      dim,
    )
    return out.slice()
  })
}

/**
 * 1 − cosine of each row of `now` with its pair, from 0 to 2; −1 where there is none. Both are taken about the mean of the rows that have pairs,
 * each in its space: what all have in common, such as liking what is popular, would hide who moved. A row that is its own mean has no direction: −1.
 */
export function drifts({ now, before, pairs }: Pairing): Float32Array {
  const { dim } = now
  const rows = Array.from(pairs.keys()).filter((row) => pairs[row] >= 0)
  const nowMean = meanOf(now, rows)
  const beforeMean = meanOf(
    before,
    rows.map((row) => pairs[row]),
  )
  const out = new Float32Array(pairs.length).fill(-1)
  for (const row of rows) {
    const other = pairs[row]
    let [xx, yy, xy] = [0, 0, 0]
    for (let j = 0; j < dim; j++) {
      const x = now.data[row * dim + j] - nowMean[j]
      const y = before.data[other * dim + j] - beforeMean[j]
      xx += x * x
      yy += y * y
      xy += x * y
    }
    const lengths = Math.sqrt(xx * yy)
    if (lengths > 0) out[row] = Math.max(0, 1 - xy / lengths)
  }
  return out
}

function meanOf({ data, dim }: Rows, rows: readonly number[]): Float64Array {
  const mean = new Float64Array(dim)
  for (const row of rows) for (let j = 0; j < dim; j++) mean[j] += data[row * dim + j] / rows.length
  return mean
}
