/**
 * The k best of each row. The outputs themselves hold a heap whose root is the worst of the k best so far; sixteen scores at
 * a time are compared with the root, and only candidates above it look at the mask and enter the heap. Columns come in
 * ascending order, so a pointer into the sorted mask only moves forward and a later equal score never replaces an earlier one.
 */
import { jobArguments, run } from './pool'

/** Scores looked at by one chunk. */
const CHUNK_SCORES: i32 = 1 << 16

// @ts-ignore: decorator
@unmanaged
class Job {
  scores: usize
  rows: i32
  n: i32
  k: i32
  chunk: i32
  maskPtr: usize
  maskIndices: usize
  maskRows: usize
  outIndex: usize
  outScore: usize
}

export function topK(
  scores: usize,
  rows: i32,
  n: i32,
  k: i32,
  maskPtr: usize,
  maskIndices: usize,
  maskRows: usize,
  outIndex: usize,
  outScore: usize,
): void {
  if (k == 0) return
  const job = changetype<Job>(jobArguments())
  job.scores = scores
  job.rows = rows
  job.n = n
  job.k = k
  job.chunk = max(1, CHUNK_SCORES / max(n, 1))
  job.maskPtr = maskPtr
  job.maskIndices = maskIndices
  job.maskRows = maskRows
  job.outIndex = outIndex
  job.outScore = outScore
  run(topChunk.index, (rows + job.chunk - 1) / job.chunk)
}

function topChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const end = min((chunk + 1) * job.chunk, job.rows)
  for (let row = chunk * job.chunk; row < end; row++) topRow(job, <usize>row)
}

/** State of the row in hand; every thread has its own instance and so its own copy. */
let ids: usize = 0
let tops: usize = 0
let size: i32 = 0
let capacity: i32 = 0
let threshold: f32 = 0
let masked: usize = 0
let maskedEnd: usize = 0

function topRow(job: Job, row: usize): void {
  const n = job.n
  const scores = job.scores + ((row * n) << 2)
  capacity = job.k
  size = 0
  threshold = -Infinity
  ids = job.outIndex + ((row * job.k) << 2)
  tops = job.outScore + ((row * job.k) << 2)
  masked = maskedEnd = 0
  if (job.maskPtr) {
    const maskRow = job.maskPtr + ((<usize>load<u32>(job.maskRows + (row << 2))) << 2)
    masked = job.maskIndices + ((<usize>load<u32>(maskRow)) << 2)
    maskedEnd = job.maskIndices + ((<usize>load<u32>(maskRow, 4)) << 2)
  }
  let j = 0
  let bar = f32x4.splat(threshold)
  for (; j + 16 <= n; j += 16) {
    const at = scores + ((<usize>j) << 2)
    const above0 = f32x4.gt(v128.load(at), bar)
    const above1 = f32x4.gt(v128.load(at, 16), bar)
    const above2 = f32x4.gt(v128.load(at, 32), bar)
    const above3 = f32x4.gt(v128.load(at, 48), bar)
    if (v128.any_true(v128.or(v128.or(above0, above1), v128.or(above2, above3)))) {
      // One bit per score, in order.
      const low = i16x8.narrow_i32x4_s(above0, above1)
      const high = i16x8.narrow_i32x4_s(above2, above3)
      for (let bits = i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)); bits; bits &= bits - 1) {
        const i = j + ctz(bits)
        offer(i, load<f32>(scores + ((<usize>i) << 2)))
      }
      bar = f32x4.splat(threshold)
    }
  }
  for (; j < n; j++) offer(j, load<f32>(scores + ((<usize>j) << 2)))
  sortHeap()
  for (let i = size; i < capacity; i++) put(i, -1, -Infinity)
}

function offer(column: i32, score: f32): void {
  if (!(score > threshold)) return
  while (masked < maskedEnd && load<i32>(masked) < column) masked += 4
  if (masked < maskedEnd && load<i32>(masked) == column) return
  if (size < capacity) {
    let at = size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!worse(column, score, parent)) break
      put(at, idAt(parent), scoreAt(parent))
      at = parent
    }
    put(at, column, score)
  } else {
    sink(column, score, size)
  }
  if (size == capacity) threshold = scoreAt(0)
}

/** Puts an entry at the root's place and lets it sink in the heap of the first `length` places. */
function sink(column: i32, score: f32, length: i32): void {
  let at = 0
  for (let child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && worse(idAt(child + 1), scoreAt(child + 1), child)) child++
    if (worse(column, score, child)) break
    put(at, idAt(child), scoreAt(child))
    at = child
  }
  put(at, column, score)
}

/** Takes the worst to the end again and again: best first. */
function sortHeap(): void {
  for (let last = size - 1; last > 0; last--) {
    const column = idAt(last)
    const score = scoreAt(last)
    put(last, idAt(0), scoreAt(0))
    sink(column, score, last)
  }
}

// @ts-ignore: decorator
@inline function worse(column: i32, score: f32, than: i32): bool {
  const other = scoreAt(than)
  return score < other || (score == other && column > idAt(than))
}

// @ts-ignore: decorator
@inline function idAt(place: i32): i32 {
  return load<i32>(ids + ((<usize>place) << 2))
}

// @ts-ignore: decorator
@inline function scoreAt(place: i32): f32 {
  return load<f32>(tops + ((<usize>place) << 2))
}

// @ts-ignore: decorator
@inline function put(place: i32, column: i32, score: f32): void {
  store<i32>(ids + ((<usize>place) << 2), column)
  store<f32>(tops + ((<usize>place) << 2), score)
}
