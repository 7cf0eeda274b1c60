/**
 * Sparse matrix times dense, and moving rows by index. A row of the product is accumulated in registers, up to 32 columns
 * at a pass (64 would spill). Chunks of rows hold about equal numbers of entries plus rows, found by bisection in indptr.
 * scatterAddRows is cut by columns instead, so that additions into one row keep their order.
 */
import { jobArguments, run } from './pool'
import { madd } from './math'

/** Work of one spmm chunk: (entries + rows) · (d + OVERHEAD). */
const CHUNK_WORK: i32 = 1 << 19
const OVERHEAD: i32 = 32
/** Floats moved by one chunk of gatherRows. */
const CHUNK_FLOATS: i32 = 1 << 15

// @ts-ignore: decorator
@unmanaged
class Product {
  indptr: usize
  indices: usize
  /** The values, or a single 1 that is read again and again (valueStep 0). */
  values: usize
  valueStep: usize
  x: usize
  y: usize
  rows: usize
  mask: usize
  count: i32
  d: i32
  chunk: i32
  alpha: f32
  beta: f32
  one: f32
}

export function spmm(
  count: i32,
  indptr: usize,
  indices: usize,
  values: usize,
  x: usize,
  d: i32,
  alpha: f32,
  beta: f32,
  y: usize,
  rows: usize,
  mask: usize,
): void {
  if (count == 0 || d == 0) return
  const job = changetype<Product>(jobArguments())
  job.indptr = indptr
  job.indices = indices
  job.one = 1
  job.values = values ? values : jobArguments() + offsetof<Product>('one')
  job.valueStep = values ? 4 : 0
  job.x = x
  job.y = y
  job.rows = rows
  job.mask = mask
  job.count = count
  job.d = d
  job.alpha = alpha
  job.beta = beta
  if (rows) {
    job.chunk = max(1, (1 << 15) / (d + OVERHEAD))
    run(someRows.index, (count + job.chunk - 1) / job.chunk)
  } else {
    job.chunk = max(64, CHUNK_WORK / (d + OVERHEAD))
    const total = load<u32>(indptr + ((<usize>count) << 2)) - load<u32>(indptr) + count
    run(allRows.index, <i32>((total + job.chunk - 1) / job.chunk))
  }
}

function allRows(chunk: i32): void {
  const job = changetype<Product>(jobArguments())
  const end = firstRow(job, <u32>(chunk + 1) * job.chunk)
  for (let r = firstRow(job, <u32>chunk * job.chunk); r < end; r++) productRow(job, r, r)
}

function someRows(chunk: i32): void {
  const job = changetype<Product>(jobArguments())
  const first = chunk * job.chunk
  const end = min(first + job.chunk, job.count)
  for (let j = first; j < end; j++) productRow(job, load<i32>(job.rows + ((<usize>j) << 2)), j)
}

/** The first row before which lie at least `units` entries plus rows. */
function firstRow(job: Product, units: u32): i32 {
  const base = load<u32>(job.indptr)
  let low = 0
  let high = job.count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (load<u32>(job.indptr + ((<usize>middle) << 2)) - base + middle >= units) high = middle
    else low = middle + 1
  }
  return low
}

function productRow(job: Product, r: i32, target: i32): void {
  const begin = <usize>load<u32>(job.indptr + ((<usize>r) << 2))
  const end = <usize>load<u32>(job.indptr + ((<usize>r) << 2), 4)
  const pitch = (<usize>job.d) << 2
  const step = job.valueStep
  const ip = job.indices + (begin << 2)
  const ipEnd = job.indices + (end << 2)
  const vp = job.values + begin * step
  const mask = job.mask
  let x = job.x
  let y = job.y + <usize>target * pitch
  const yEnd = y + pitch
  for (; y + 128 <= yEnd; y += 128, x += 128)
    columns32(ip, ipEnd, vp, step, x, pitch, mask, y, job.alpha, job.beta)
  if (y + 64 <= yEnd) {
    columns16(ip, ipEnd, vp, step, x, pitch, mask, y, job.alpha, job.beta)
    y += 64
    x += 64
  }
  for (; y + 16 <= yEnd; y += 16, x += 16)
    columns4(ip, ipEnd, vp, step, x, pitch, mask, y, job.alpha, job.beta)
  for (; y < yEnd; y += 4, x += 4) column(ip, ipEnd, vp, step, x, pitch, mask, y, job.alpha, job.beta)
}

function columns32(
  ip: usize,
  end: usize,
  vp: usize,
  step: usize,
  x: usize,
  pitch: usize,
  mask: usize,
  y: usize,
  alpha: f32,
  beta: f32,
): void {
  let s0 = f32x4.splat(0),
    s1 = f32x4.splat(0),
    s2 = f32x4.splat(0),
    s3 = f32x4.splat(0)
  let s4 = f32x4.splat(0),
    s5 = f32x4.splat(0),
    s6 = f32x4.splat(0),
    s7 = f32x4.splat(0)
  for (; ip < end; ip += 4, vp += step) {
    const index = <usize>load<u32>(ip)
    if (mask && !load<u8>(mask + index)) continue
    const v = v128.load32_splat(vp)
    const row = x + index * pitch
    s0 = madd(v, v128.load(row), s0)
    s1 = madd(v, v128.load(row, 16), s1)
    s2 = madd(v, v128.load(row, 32), s2)
    s3 = madd(v, v128.load(row, 48), s3)
    s4 = madd(v, v128.load(row, 64), s4)
    s5 = madd(v, v128.load(row, 80), s5)
    s6 = madd(v, v128.load(row, 96), s6)
    s7 = madd(v, v128.load(row, 112), s7)
  }
  finish(y, s0, alpha, beta)
  finish(y + 16, s1, alpha, beta)
  finish(y + 32, s2, alpha, beta)
  finish(y + 48, s3, alpha, beta)
  finish(y + 64, s4, alpha, beta)
  finish(y + 80, s5, alpha, beta)
  finish(y + 96, s6, alpha, beta)
  finish(y + 112, s7, alpha, beta)
}

function columns16(
  ip: usize,
  end: usize,
  vp: usize,
  step: usize,
  x: usize,
  pitch: usize,
  mask: usize,
  y: usize,
  alpha: f32,
  beta: f32,
): void {
  let s0 = f32x4.splat(0),
    s1 = f32x4.splat(0),
    s2 = f32x4.splat(0),
    s3 = f32x4.splat(0)
  for (; ip < end; ip += 4, vp += step) {
    const index = <usize>load<u32>(ip)
    if (mask && !load<u8>(mask + index)) continue
    const v = v128.load32_splat(vp)
    const row = x + index * pitch
    s0 = madd(v, v128.load(row), s0)
    s1 = madd(v, v128.load(row, 16), s1)
    s2 = madd(v, v128.load(row, 32), s2)
    s3 = madd(v, v128.load(row, 48), s3)
  }
  finish(y, s0, alpha, beta)
  finish(y + 16, s1, alpha, beta)
  finish(y + 32, s2, alpha, beta)
  finish(y + 48, s3, alpha, beta)
}

function columns4(
  ip: usize,
  end: usize,
  vp: usize,
  step: usize,
  x: usize,
  pitch: usize,
  mask: usize,
  y: usize,
  alpha: f32,
  beta: f32,
): void {
  let s = f32x4.splat(0)
  for (; ip < end; ip += 4, vp += step) {
    const index = <usize>load<u32>(ip)
    if (mask && !load<u8>(mask + index)) continue
    s = madd(v128.load32_splat(vp), v128.load(x + index * pitch), s)
  }
  finish(y, s, alpha, beta)
}

function column(
  ip: usize,
  end: usize,
  vp: usize,
  step: usize,
  x: usize,
  pitch: usize,
  mask: usize,
  y: usize,
  alpha: f32,
  beta: f32,
): void {
  let s: f32 = 0
  for (; ip < end; ip += 4, vp += step) {
    const index = <usize>load<u32>(ip)
    if (mask && !load<u8>(mask + index)) continue
    s += load<f32>(vp) * load<f32>(x + index * pitch)
  }
  store<f32>(y, beta != 0 ? alpha * s + beta * load<f32>(y) : alpha * s)
}

// @ts-ignore: decorator
@inline function finish(y: usize, sum: v128, alpha: f32, beta: f32): void {
  sum = f32x4.mul(sum, f32x4.splat(alpha))
  if (beta != 0) sum = madd(f32x4.splat(beta), v128.load(y), sum)
  v128.store(y, sum)
}

// @ts-ignore: decorator
@unmanaged
class Move {
  x: usize
  index: usize
  out: usize
  count: i32
  d: i32
  chunk: i32
}

function describe(x: usize, d: i32, index: usize, count: i32, out: usize, chunk: i32): void {
  const job = changetype<Move>(jobArguments())
  job.x = x
  job.index = index
  job.out = out
  job.count = count
  job.d = d
  job.chunk = chunk
}

export function gatherRows(x: usize, d: i32, index: usize, count: i32, out: usize): void {
  const chunk = max(1, CHUNK_FLOATS / max(d, 4))
  describe(x, d, index, count, out, chunk)
  run(gatherChunk.index, (count + chunk - 1) / chunk)
}

function gatherChunk(chunk: i32): void {
  const job = changetype<Move>(jobArguments())
  const pitch = (<usize>job.d) << 2
  const first = chunk * job.chunk
  const end = min(first + job.chunk, job.count)
  let to = job.out + <usize>first * pitch
  for (let j = first; j < end; j++) {
    let from = job.x + <usize>load<u32>(job.index + ((<usize>j) << 2)) * pitch
    const toEnd = to + pitch
    for (; to + 16 <= toEnd; to += 16, from += 16) v128.store(to, v128.load(from))
    for (; to < toEnd; to += 4, from += 4) store<f32>(to, load<f32>(from))
  }
}

export function scatterAddRows(x: usize, d: i32, index: usize, count: i32, out: usize): void {
  // 16 floats are a cache line; at most 8 chunks, since each reads the whole index.
  const chunk = max(16, ((d + 7) / 8 + 15) & ~15)
  describe(x, d, index, count, out, chunk)
  run(scatterChunk.index, (d + chunk - 1) / chunk, <i64>count * d < CHUNK_FLOATS)
}

function scatterChunk(chunk: i32): void {
  const job = changetype<Move>(jobArguments())
  const pitch = (<usize>job.d) << 2
  const first = chunk * job.chunk
  const width = (<usize>min(job.chunk, job.d - first)) << 2
  const base = job.out + ((<usize>first) << 2)
  let x = job.x + ((<usize>first) << 2)
  for (let j = 0; j < job.count; j++, x += pitch) {
    const out = base + <usize>load<u32>(job.index + ((<usize>j) << 2)) * pitch
    let i: usize = 0
    for (; i + 16 <= width; i += 16) v128.store(out + i, f32x4.add(v128.load(out + i), v128.load(x + i)))
    for (; i < width; i += 4) store<f32>(out + i, load<f32>(out + i) + load<f32>(x + i))
  }
}
