/**
 * Kernels on the rows of a dense matrix: a chunk is a range of whole rows, so its size cannot change a result. The one
 * reduction across rows, columnSum, adds up to 64 ranges of rows into partial rows, then the partial rows in order.
 */
import { jobArguments, run } from './pool'
import { exp4, log4, madd, max4, splat, sum4 } from './math'

/** Floats in one chunk. */
const CHUNK_FLOATS: i32 = 1 << 15
const COLUMN_SUM_CHUNKS: i32 = 64
const COLUMN_SUM_ROWS: i32 = 256

// @ts-ignore: decorator
@unmanaged
class Job {
  op: i32
  rows: i32
  d: i32
  chunk: i32
  x: usize
  y: usize
  out: usize
  beta: f32
}

function describe(x: usize, y: usize, rows: i32, d: i32, out: usize): Job {
  const job = changetype<Job>(jobArguments())
  job.x = x
  job.y = y
  job.rows = rows
  job.d = d
  job.out = out
  job.chunk = max(4, (CHUNK_FLOATS / (d + 8)) & ~3)
  return job
}

function start(work: u32): void {
  const job = changetype<Job>(jobArguments())
  run(work, (job.rows + job.chunk - 1) / job.chunk)
}

// @ts-ignore: decorator
@inline function firstRow(job: Job, chunk: i32): i32 {
  return chunk * job.chunk
}

// @ts-ignore: decorator
@inline function lastRow(job: Job, chunk: i32): i32 {
  return min((chunk + 1) * job.chunk, job.rows)
}

export function rowDot(a: usize, b: usize, rows: i32, d: i32, out: usize): void {
  describe(a, b, rows, d, out)
  start(dotChunk.index)
}

function dotChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const bytes = (<usize>job.d) << 2
  for (let row = firstRow(job, chunk), end = lastRow(job, chunk); row < end; row++) {
    const a = job.x + <usize>row * bytes
    store<f32>(job.out + ((<usize>row) << 2), dot(a, job.y + <usize>row * bytes, bytes))
  }
}

function dot(a: usize, b: usize, bytes: usize): f32 {
  let s0 = splat(0)
  let s1 = splat(0)
  let s2 = splat(0)
  let s3 = splat(0)
  let i: usize = 0
  for (; i + 64 <= bytes; i += 64) {
    s0 = madd(v128.load(a + i), v128.load(b + i), s0)
    s1 = madd(v128.load(a + i, 16), v128.load(b + i, 16), s1)
    s2 = madd(v128.load(a + i, 32), v128.load(b + i, 32), s2)
    s3 = madd(v128.load(a + i, 48), v128.load(b + i, 48), s3)
  }
  for (; i + 16 <= bytes; i += 16) s0 = madd(v128.load(a + i), v128.load(b + i), s0)
  let total = sum4(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)))
  for (; i < bytes; i += 4) total += load<f32>(a + i) * load<f32>(b + i)
  return total
}

export function scaleRows(x: usize, s: usize, rows: i32, d: i32, beta: f32, out: usize): void {
  describe(x, s, rows, d, out).beta = beta
  start(scaleChunk.index)
}

function scaleChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const bytes = (<usize>job.d) << 2
  const beta = job.beta
  for (let row = firstRow(job, chunk), end = lastRow(job, chunk); row < end; row++) {
    const x = job.x + <usize>row * bytes
    const out = job.out + <usize>row * bytes
    const s = load<f32>(job.y + ((<usize>row) << 2))
    let i: usize = 0
    for (; i + 16 <= bytes; i += 16) {
      let v = f32x4.mul(splat(s), v128.load(x + i))
      if (beta != 0) v = f32x4.add(v, f32x4.mul(splat(beta), v128.load(out + i)))
      v128.store(out + i, v)
    }
    for (; i < bytes; i += 4) {
      const v = s * load<f32>(x + i)
      store<f32>(out + i, beta != 0 ? v + beta * load<f32>(out + i) : v)
    }
  }
}

export function addToRows(x: usize, v: usize, rows: i32, d: i32, out: usize): void {
  describe(x, v, rows, d, out)
  start(addChunk.index)
}

function addChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const bytes = (<usize>job.d) << 2
  const v = job.y
  for (let row = firstRow(job, chunk), end = lastRow(job, chunk); row < end; row++) {
    const x = job.x + <usize>row * bytes
    const out = job.out + <usize>row * bytes
    let i: usize = 0
    for (; i + 16 <= bytes; i += 16) v128.store(out + i, f32x4.add(v128.load(x + i), v128.load(v + i)))
    for (; i < bytes; i += 4) store<f32>(out + i, load<f32>(x + i) + load<f32>(v + i))
  }
}

/** op: 0 sum, 1 sum of squares, 2 maximum, 3 log-sum-exp, as in wasm.ts. */
export function rowReduce(op: i32, x: usize, rows: i32, d: i32, out: usize): void {
  describe(x, 0, rows, d, out).op = op
  start(reduceChunk.index)
}

function reduceChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const bytes = (<usize>job.d) << 2
  const op = job.op
  for (let row = firstRow(job, chunk), end = lastRow(job, chunk); row < end; row++) {
    const x = job.x + <usize>row * bytes
    let value: f32
    if (op == 0) value = rowSum(x, bytes)
    else if (op == 1) value = dot(x, x, bytes)
    else if (op == 2) value = rowMax(x, bytes)
    else value = rowLogSumExp(x, bytes)
    store<f32>(job.out + ((<usize>row) << 2), value)
  }
}

function rowSum(x: usize, bytes: usize): f32 {
  let s0 = splat(0)
  let s1 = splat(0)
  let s2 = splat(0)
  let s3 = splat(0)
  let i: usize = 0
  for (; i + 64 <= bytes; i += 64) {
    s0 = f32x4.add(s0, v128.load(x + i))
    s1 = f32x4.add(s1, v128.load(x + i, 16))
    s2 = f32x4.add(s2, v128.load(x + i, 32))
    s3 = f32x4.add(s3, v128.load(x + i, 48))
  }
  for (; i + 16 <= bytes; i += 16) s0 = f32x4.add(s0, v128.load(x + i))
  let total = sum4(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)))
  for (; i < bytes; i += 4) total += load<f32>(x + i)
  return total
}

function rowMax(x: usize, bytes: usize): f32 {
  let s0 = splat(-Infinity)
  let s1 = splat(-Infinity)
  let i: usize = 0
  for (; i + 32 <= bytes; i += 32) {
    s0 = f32x4.max(s0, v128.load(x + i))
    s1 = f32x4.max(s1, v128.load(x + i, 16))
  }
  let top = max4(f32x4.max(s0, s1))
  for (; i < bytes; i += 4) top = max<f32>(top, load<f32>(x + i))
  return top
}

function rowLogSumExp(x: usize, bytes: usize): f32 {
  const top = rowMax(x, bytes)
  if (!isFinite(top)) return top
  const shift = splat(top)
  let s = splat(0)
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) s = f32x4.add(s, exp4(f32x4.sub(v128.load(x + i), shift)))
  let total = sum4(s)
  for (; i < bytes; i += 4) total += f32x4.extract_lane(exp4(f32x4.sub(v128.load32_splat(x + i), shift)), 0)
  return top + f32x4.extract_lane(log4(splat(total)), 0)
}

export function rowSoftmax(x: usize, rows: i32, d: i32, out: usize): void {
  describe(x, 0, rows, d, out)
  start(softmaxChunk.index)
}

function softmaxChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const bytes = (<usize>job.d) << 2
  for (let row = firstRow(job, chunk), end = lastRow(job, chunk); row < end; row++) {
    softmaxRow(job.x + <usize>row * bytes, job.out + <usize>row * bytes, bytes)
  }
}

function softmaxRow(x: usize, out: usize, bytes: usize): void {
  const shift = splat(rowMax(x, bytes))
  let s = splat(0)
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) {
    const power = exp4(f32x4.sub(v128.load(x + i), shift))
    s = f32x4.add(s, power)
    v128.store(out + i, power)
  }
  let total = sum4(s)
  for (; i < bytes; i += 4) {
    const power = f32x4.extract_lane(exp4(f32x4.sub(v128.load32_splat(x + i), shift)), 0)
    total += power
    store<f32>(out + i, power)
  }
  const scale: f32 = 1 / total
  for (i = 0; i + 16 <= bytes; i += 16) v128.store(out + i, f32x4.mul(v128.load(out + i), splat(scale)))
  for (; i < bytes; i += 4) store<f32>(out + i, load<f32>(out + i) * scale)
}

/** `partial` holds 64 rows of d floats. */
export function columnSum(x: usize, rows: i32, d: i32, beta: f32, out: usize, partial: usize): void {
  const job = describe(x, partial, rows, d, out)
  job.chunk = max(COLUMN_SUM_ROWS, (rows + COLUMN_SUM_CHUNKS - 1) / COLUMN_SUM_CHUNKS)
  const chunks = (rows + job.chunk - 1) / job.chunk
  run(columnSumChunk.index, chunks, <i64>rows * d < CHUNK_FLOATS)
  const bytes = (<usize>d) << 2
  for (let i: usize = 0; i < bytes; i += 4) {
    let total: f32 = 0
    for (let c = 0; c < chunks; c++) total += load<f32>(partial + <usize>c * bytes + i)
    store<f32>(out + i, beta != 0 ? total + beta * load<f32>(out + i) : total)
  }
}

function columnSumChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const bytes = (<usize>job.d) << 2
  const x = job.x + <usize>firstRow(job, chunk) * bytes
  const end = job.x + <usize>lastRow(job, chunk) * bytes
  const out = job.y + <usize>chunk * bytes
  let i: usize = 0
  for (; i + 64 <= bytes; i += 64) {
    let s0 = splat(0)
    let s1 = splat(0)
    let s2 = splat(0)
    let s3 = splat(0)
    for (let at = x + i; at != end + i; at += bytes) {
      s0 = f32x4.add(s0, v128.load(at))
      s1 = f32x4.add(s1, v128.load(at, 16))
      s2 = f32x4.add(s2, v128.load(at, 32))
      s3 = f32x4.add(s3, v128.load(at, 48))
    }
    v128.store(out + i, s0)
    v128.store(out + i, s1, 16)
    v128.store(out + i, s2, 32)
    v128.store(out + i, s3, 48)
  }
  for (; i < bytes; i += 4) {
    let s: f32 = 0
    for (let at = x + i; at != end + i; at += bytes) s += load<f32>(at)
    store<f32>(out + i, s)
  }
}

export function transpose(x: usize, rows: i32, cols: i32, out: usize): void {
  const job = describe(x, 0, rows, cols, out)
  job.chunk = (job.chunk + 15) & ~15
  start(transposeChunk.index)
}

function transposeChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const end = lastRow(job, chunk)
  let row = firstRow(job, chunk)
  // Sixteen rows fill whole cache lines of the result.
  for (; row + 16 <= end; row += 16) {
    let col = 0
    for (; col + 4 <= job.d; col += 4) {
      for (let r = row; r < row + 16; r += 4) transpose4(job, r, col)
    }
    for (; col < job.d; col++) {
      for (let r = row; r < row + 16; r++) moveOne(job, r, col)
    }
  }
  for (; row < end; row++) {
    for (let col = 0; col < job.d; col++) moveOne(job, row, col)
  }
}

// @ts-ignore: decorator
@inline function moveOne(job: Job, row: i32, col: i32): void {
  const value = load<f32>(job.x + ((<usize>row * job.d + col) << 2))
  store<f32>(job.out + ((<usize>col * job.rows + row) << 2), value)
}

// @ts-ignore: decorator
@inline function transpose4(job: Job, row: i32, col: i32): void {
  const pitch = (<usize>job.d) << 2
  const from = job.x + <usize>row * pitch + ((<usize>col) << 2)
  const r0 = v128.load(from)
  const r1 = v128.load(from + pitch)
  const r2 = v128.load(from + pitch * 2)
  const r3 = v128.load(from + pitch * 3)
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5)
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7)
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5)
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7)
  const outPitch = (<usize>job.rows) << 2
  const to = job.out + <usize>col * outPitch + ((<usize>row) << 2)
  v128.store(to, i64x2.shuffle(low01, low23, 0, 2))
  v128.store(to + outPitch, i64x2.shuffle(low01, low23, 1, 3))
  v128.store(to + outPitch * 2, i64x2.shuffle(high01, high23, 0, 2))
  v128.store(to + outPitch * 3, i64x2.shuffle(high01, high23, 1, 3))
}
