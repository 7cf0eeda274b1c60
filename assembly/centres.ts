/**
 * One pass of k-means over the rows: the nearest centre of each, and the sums of the rows by centre while they are in the cache.
 * Up to 32 ranges of rows add up partial sums of their own, which are then added in order.
 */
import { jobArguments, run } from './pool'
import { madd, splat, sum4 } from './math'

const CHUNKS: i32 = 32
const CHUNK_ROWS: i32 = 256
/** Multiply-adds that are not worth another thread. */
const SMALL: i64 = 1 << 16

// @ts-ignore: decorator
@unmanaged
class Job {
  x: usize
  rows: i32
  d: i32
  centres: usize
  k: i32
  chunk: i32
  labels: usize
  scores: usize
  norms: usize
  parts: usize
  summing: i32
}

/** `norms` has room for k floats, `parts` for 32 × k × d if `sums` is not 0. */
export function nearestCentres(
  x: usize,
  rows: i32,
  d: i32,
  centres: usize,
  k: i32,
  labels: usize,
  scores: usize,
  sums: usize,
  norms: usize,
  parts: usize,
): void {
  if (k == 0) return
  const job = changetype<Job>(jobArguments())
  job.x = x
  job.rows = rows
  job.d = d
  job.centres = centres
  job.k = k
  job.chunk = max(CHUNK_ROWS, (rows + CHUNKS - 1) / CHUNKS)
  job.labels = labels
  job.scores = scores
  job.norms = norms
  job.parts = parts
  job.summing = sums != 0
  const bytes = (<usize>d) << 2
  for (let j = 0; j < k; j++) {
    let norm: f32 = 0
    const from = centres + <usize>j * bytes
    for (let p: usize = 0; p < bytes; p += 4) norm += load<f32>(from + p) * load<f32>(from + p)
    store<f32>(norms + ((<usize>j) << 2), norm)
  }
  const chunks = (rows + job.chunk - 1) / job.chunk
  run(assignChunk.index, chunks, <i64>rows * d * k < SMALL)
  if (!sums) return
  const size = <usize>k * bytes
  for (let at: usize = 0; at < size; at += 4) {
    let total: f64 = 0
    for (let c = 0; c < chunks; c++) total += load<f32>(parts + <usize>c * size + at)
    store<f32>(sums + at, <f32>total)
  }
}

/** The better of the best so far and centre j, of each of the two rows in hand; every thread has its own. */
let best0: f32 = 0
let best1: f32 = 0
let label0: i32 = 0
let label1: i32 = 0

// @ts-ignore: decorator
@inline function offer0(score: f32, j: i32): void {
  if (score < best0) {
    best0 = score
    label0 = j
  }
}

// @ts-ignore: decorator
@inline function offer1(score: f32, j: i32): void {
  if (score < best1) {
    best1 = score
    label1 = j
  }
}

function assignChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const bytes = (<usize>job.d) << 2
  const part = job.parts + <usize>chunk * <usize>job.k * bytes
  if (job.summing) memory.fill(part, 0, <usize>job.k * bytes)
  const end = min((chunk + 1) * job.chunk, job.rows)
  for (let row = chunk * job.chunk; row < end; row += 2) {
    const two = row + 1 < end
    const a0 = job.x + <usize>row * bytes
    const a1 = two ? a0 + bytes : a0
    nearestOfTwo(job, a0, a1, bytes)
    keep(job, part, row, a0, best0, label0, bytes)
    if (two) keep(job, part, row + 1, a1, best1, label1, bytes)
  }
}

function keep(job: Job, part: usize, row: i32, x: usize, score: f32, label: i32, bytes: usize): void {
  const at = (<usize>row) << 2
  store<i32>(job.labels + at, label)
  store<f32>(job.scores + at, score)
  if (!job.summing) return
  const to = part + <usize>label * bytes
  let p: usize = 0
  for (; p + 16 <= bytes; p += 16) v128.store(to + p, f32x4.add(v128.load(to + p), v128.load(x + p)))
  for (; p < bytes; p += 4) store<f32>(to + p, load<f32>(to + p) + load<f32>(x + p))
}

/** Two rows against four centres at a time; past the last centre it stands in for the missing ones. */
function nearestOfTwo(job: Job, a0: usize, a1: usize, bytes: usize): void {
  const k = job.k
  best0 = best1 = Infinity
  label0 = label1 = 0
  for (let j = 0; j < k; j += 4) {
    const b0 = job.centres + <usize>j * bytes
    const b1 = job.centres + <usize>min(j + 1, k - 1) * bytes
    const b2 = job.centres + <usize>min(j + 2, k - 1) * bytes
    const b3 = job.centres + <usize>min(j + 3, k - 1) * bytes
    let s00 = splat(0)
    let s01 = splat(0)
    let s02 = splat(0)
    let s03 = splat(0)
    let s10 = splat(0)
    let s11 = splat(0)
    let s12 = splat(0)
    let s13 = splat(0)
    let p: usize = 0
    for (; p + 16 <= bytes; p += 16) {
      const x0 = v128.load(a0 + p)
      const x1 = v128.load(a1 + p)
      const c0 = v128.load(b0 + p)
      s00 = madd(x0, c0, s00)
      s10 = madd(x1, c0, s10)
      const c1 = v128.load(b1 + p)
      s01 = madd(x0, c1, s01)
      s11 = madd(x1, c1, s11)
      const c2 = v128.load(b2 + p)
      s02 = madd(x0, c2, s02)
      s12 = madd(x1, c2, s12)
      const c3 = v128.load(b3 + p)
      s03 = madd(x0, c3, s03)
      s13 = madd(x1, c3, s13)
    }
    let d00 = sum4(s00)
    let d01 = sum4(s01)
    let d02 = sum4(s02)
    let d03 = sum4(s03)
    let d10 = sum4(s10)
    let d11 = sum4(s11)
    let d12 = sum4(s12)
    let d13 = sum4(s13)
    for (; p < bytes; p += 4) {
      const x0 = load<f32>(a0 + p)
      const x1 = load<f32>(a1 + p)
      d00 += x0 * load<f32>(b0 + p)
      d01 += x0 * load<f32>(b1 + p)
      d02 += x0 * load<f32>(b2 + p)
      d03 += x0 * load<f32>(b3 + p)
      d10 += x1 * load<f32>(b0 + p)
      d11 += x1 * load<f32>(b1 + p)
      d12 += x1 * load<f32>(b2 + p)
      d13 += x1 * load<f32>(b3 + p)
    }
    const norms = job.norms + ((<usize>j) << 2)
    const n0 = load<f32>(norms)
    offer0(n0 - 2 * d00, j)
    offer1(n0 - 2 * d10, j)
    if (j + 1 < k) {
      const n1 = load<f32>(norms, 4)
      offer0(n1 - 2 * d01, j + 1)
      offer1(n1 - 2 * d11, j + 1)
    }
    if (j + 2 < k) {
      const n2 = load<f32>(norms, 8)
      offer0(n2 - 2 * d02, j + 2)
      offer1(n2 - 2 * d12, j + 2)
    }
    if (j + 3 < k) {
      const n3 = load<f32>(norms, 12)
      offer0(n3 - 2 * d03, j + 3)
      offer1(n3 - 2 * d13, j + 3)
    }
  }
}
