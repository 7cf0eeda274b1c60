/**
 * Matrix product by packing. B is cut into blocks of at most KC rows, packed once into strips of 8 columns that all threads
 * read; a chunk is a block of MC rows of C, packed into strips of 6 rows in the thread's own scratch, times CHUNK_COLUMNS
 * columns. Packing removes the four transpose cases and pads the edges with zeros, so one tile of 6 × 8 does all the
 * arithmetic: its twelve accumulators, two pieces of B and one of A are the fifteen vector registers V8 has on x64, and
 * twelve chains of fused multiply-adds hide their latency. Unrolling by hand makes it spill.
 */
import { jobArguments, run, threadScratch } from './pool'
import { madd } from './math'

const KC: i32 = 512
const MC: i32 = 66
const CHUNK_COLUMNS: i32 = 256
/** Floats in the packed block of B; see GEMM_SHARED_FLOATS in wasm-pool.ts. */
const SHARED_FLOATS: i32 = 1 << 20
/** Where in the thread's scratch the sums of a tile are kept, behind the packed rows of A. */
const TILE: usize = <usize>(MC * KC * 4)
/** Jobs below this many multiply-adds stay on the calling thread. */
const SMALL: i64 = 200000

/**
 * A small C with a long k (a weight gradient) has too few blocks to share. It is cut along k instead: each of at most eight
 * slices packs and sums in an eighth of the shared block, SLICE_KC × 256 floats of B and 256 × 256 of C, and the slices are
 * added in order.
 */
const SLICES: i32 = 8
const SLICE_KC: i32 = 256
const SLICE_MOST: i32 = 256
const SLICE_LEAST_K: i32 = 2048
const SLICE_BYTES: usize = (<usize>SHARED_FLOATS / 8) * 4

// @ts-ignore: decorator
@unmanaged
class Job {
  a: usize
  b: usize
  c: usize
  packed: usize
  lda: i32
  ldb: i32
  ldc: i32
  m: i32
  n: i32
  transA: bool
  transB: bool
  alpha: f32
  beta: f32
  /** The current block: rows k0 … k0 + kc of op(B), columns n0 … n0 + nc. */
  k0: i32
  kc: i32
  n0: i32
  nc: i32
  k: i32
  slice: i32
}

export function gemm(
  packed: usize,
  transA: bool,
  transB: bool,
  m: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  beta: f32,
  c: usize,
  ldc: i32,
): void {
  if (m == 0 || n == 0) return
  const job = changetype<Job>(jobArguments())
  job.a = a
  job.b = b
  job.c = c
  job.packed = packed
  job.lda = lda
  job.ldb = ldb
  job.ldc = ldc
  job.m = m
  job.n = n
  job.transA = transA
  job.transB = transB
  job.alpha = alpha
  job.beta = beta
  if (m <= SLICE_MOST && n <= SLICE_MOST && k >= SLICE_LEAST_K) {
    sliced(job, k)
    return
  }
  const blocks = max((k + KC - 1) / KC, 1)
  const depth = max((k + blocks - 1) / blocks, 1)
  const width = min(n, (SHARED_FLOATS / depth) & ~(CHUNK_COLUMNS - 1))
  const small = <i64>m * n * max(k, 1) < SMALL
  for (let n0 = 0; n0 < n; n0 += width) {
    job.n0 = n0
    job.nc = min(width, n - n0)
    const columnChunks = (job.nc + CHUNK_COLUMNS - 1) / CHUNK_COLUMNS
    for (let k0 = 0; k0 == 0 || k0 < k; k0 += depth) {
      job.k0 = k0
      job.kc = min(depth, k - k0)
      job.beta = k0 == 0 ? beta : 1
      run(packColumns.index, columnChunks, small || job.nc * job.kc < 65536)
      run(multiply.index, ((m + MC - 1) / MC) * columnChunks, small)
    }
  }
}

function packColumns(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const first = chunk * CHUNK_COLUMNS
  const count = min(CHUNK_COLUMNS, job.nc - first)
  const to = job.packed + <usize>(first * job.kc) * 4
  pack(job.b, job.ldb, !job.transB, job.n0 + first, count, job.k0, job.kc, 8, to)
}

function multiply(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const columnChunks = (job.nc + CHUNK_COLUMNS - 1) / CHUNK_COLUMNS
  const row0 = (chunk / columnChunks) * MC
  const first = (chunk % columnChunks) * CHUNK_COLUMNS
  const strips = job.packed + <usize>(first * job.kc) * 4
  const c = job.c + (<usize>row0 * job.ldc + job.n0 + first) * 4
  const columns = min(CHUNK_COLUMNS, job.nc - first)
  rowBlock(job, row0, job.k0, job.kc, strips, columns, c, <usize>job.ldc * 4, job.alpha, job.beta)
}

/** Rows row0 … row0 + MC of A, columns k0 … k0 + depth, times packed strips of B. */
function rowBlock(
  job: Job,
  row0: i32,
  k0: i32,
  depth: i32,
  strips: usize,
  columns: i32,
  c: usize,
  pitch: usize,
  alpha: f32,
  beta: f32,
): void {
  const kc = <usize>depth
  const rows = min(MC, job.m - row0)
  const own = threadScratch()
  const sums = own + TILE
  pack(job.a, job.lda, job.transA, row0, rows, k0, depth, 6, own)
  for (let j = 0; j < columns; j += 8) {
    const strip = strips + <usize>j * kc * 4
    const cols = min(8, columns - j)
    let to = c + ((<usize>j) << 2)
    for (let i = 0; i < rows; i += 6, to += pitch * 6) {
      const panel = own + <usize>i * kc * 4
      tile(kc, panel, strip, sums)
      if (cols == 8 && rows - i >= 6) storeTile(sums, to, pitch, alpha, beta)
      else storeEdge(sums, to, pitch, min(6, rows - i), cols, alpha, beta)
    }
  }
}

function sliced(job: Job, k: i32): void {
  const blocks = (k + SLICE_KC - 1) / SLICE_KC
  job.k = k
  job.slice = ((blocks + SLICES - 1) / SLICES) * SLICE_KC
  const slices = (k + job.slice - 1) / job.slice
  run(multiplySlice.index, slices, <i64>job.m * job.n * k < SMALL)
  const partial = job.packed + sliceC()
  for (let i = 0; i < job.m; i++) {
    for (let j = 0; j < job.n; j++) {
      const from = partial + ((<usize>(i * job.n + j)) << 2)
      let total = load<f32>(from)
      for (let s = 1; s < slices; s++) total += load<f32>(from + <usize>s * SLICE_BYTES)
      const to = job.c + ((<usize>i * job.ldc + j) << 2)
      store<f32>(to, job.beta != 0 ? job.alpha * total + job.beta * load<f32>(to) : job.alpha * total)
    }
  }
}

/** Where a slice's sums begin in its part of the shared block. */
// @ts-ignore: decorator
@inline function sliceC(): usize {
  return (<usize>(SLICE_KC * SLICE_MOST)) << 2
}

function multiplySlice(slice: i32): void {
  const job = changetype<Job>(jobArguments())
  const strips = job.packed + <usize>slice * SLICE_BYTES
  const c = strips + sliceC()
  const first = slice * job.slice
  const end = min(first + job.slice, job.k)
  const pitch = (<usize>job.n) << 2
  for (let k0 = first; k0 < end; k0 += SLICE_KC) {
    const kc = min(SLICE_KC, end - k0)
    pack(job.b, job.ldb, !job.transB, 0, job.n, k0, kc, 8, strips)
    for (let row0 = 0; row0 < job.m; row0 += MC) {
      rowBlock(job, row0, k0, kc, strips, job.n, c + <usize>row0 * pitch, pitch, 1, k0 == first ? 0 : 1)
    }
  }
}

/**
 * Packs `count` lines of length kc into strips of `width` (6 or 8) lines, the line number running fastest; missing lines
 * are zero. Line l's element p is at (p, l) of the matrix if `across`, else at (l, p).
 */
function pack(
  from: usize,
  ld: i32,
  across: bool,
  line0: i32,
  count: i32,
  k0: i32,
  kc: i32,
  width: i32,
  to: usize,
): void {
  const stride = <usize>ld * 4
  const step = <usize>width * 4
  for (let l = 0; l < count; l += width) {
    const lines = min(width, count - l)
    for (let q = 0; q < width; q += 4) {
      const have = lines - q
      const line = line0 + l + q
      const start = from + (across ? <usize>k0 * ld + line : <usize>line * ld + k0) * 4
      if (width - q < 4) packTwo(start, across ? stride : 4, across ? 4 : stride, have, kc, step, to)
      else if (across) packAcross(start, stride, have, kc, step, to)
      else packAlong(start, stride, have, kc, step, to)
      to += <usize>min(4, width - q) * 4
    }
    to += <usize>(kc - 1) * step
  }
}

/** Two lines; `next` is the distance of neighbours along a line, `apart` that of the lines. */
function packTwo(from: usize, next: usize, apart: usize, have: i32, kc: i32, step: usize, to: usize): void {
  if (have >= 2) {
    for (let p = 0; p < kc; p++, from += next, to += step) {
      store<f32>(to, load<f32>(from))
      store<f32>(to, load<f32>(from + apart), 4)
    }
    return
  }
  for (let p = 0; p < kc; p++, from += next, to += step) {
    store<f32>(to, have == 1 ? load<f32>(from) : 0)
    store<f32>(to, 0, 4)
  }
}

/** Four lines that lie side by side. */
function packAcross(from: usize, stride: usize, have: i32, kc: i32, step: usize, to: usize): void {
  for (let p = 0; p < kc; p++, from += stride, to += step) {
    if (have >= 4) {
      v128.store(to, v128.load(from))
    } else {
      v128.store(to, f32x4.splat(0))
      for (let l = 0; l < have; l++) store<f32>(to + (l << 2), load<f32>(from + (l << 2)))
    }
  }
}

/** Four lines that lie one after the other: 4 × 4 transposes. */
function packAlong(from: usize, stride: usize, have: i32, kc: i32, step: usize, to: usize): void {
  let p = 0
  if (have >= 4) {
    const stride3 = stride * 3
    for (; p + 4 <= kc; p += 4, from += 16, to += step * 4) {
      const r0 = v128.load(from)
      const r1 = v128.load(from + stride)
      const r2 = v128.load(from + stride * 2)
      const r3 = v128.load(from + stride3)
      const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5)
      const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7)
      const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5)
      const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7)
      v128.store(to, i64x2.shuffle(low01, low23, 0, 2))
      v128.store(to + step, i64x2.shuffle(low01, low23, 1, 3))
      v128.store(to + step * 2, i64x2.shuffle(high01, high23, 0, 2))
      v128.store(to + step * 3, i64x2.shuffle(high01, high23, 1, 3))
    }
  }
  for (; p < kc; p++, from += 4, to += step) {
    v128.store(to, f32x4.splat(0))
    for (let l = 0, lines = min(have, 4); l < lines; l++)
      store<f32>(to + (l << 2), load<f32>(from + <usize>l * stride))
  }
}

/**
 * A · B over kc depths of a packed strip of each, 6 × 8 sums, to `sums`. The factors alpha and beta come later: as arguments
 * here they would take up two of the registers.
 */
function tile(kc: usize, a: usize, b: usize, sums: usize): void {
  let c00 = f32x4.splat(0)
  let c01 = f32x4.splat(0)
  let c10 = f32x4.splat(0)
  let c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0)
  let c21 = f32x4.splat(0)
  let c30 = f32x4.splat(0)
  let c31 = f32x4.splat(0)
  let c40 = f32x4.splat(0)
  let c41 = f32x4.splat(0)
  let c50 = f32x4.splat(0)
  let c51 = f32x4.splat(0)
  for (; kc; kc--, a += 24, b += 32) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const s0 = v128.load32_splat(a)
    c00 = madd(s0, b0, c00)
    c01 = madd(s0, b1, c01)
    const s1 = v128.load32_splat(a, 4)
    c10 = madd(s1, b0, c10)
    c11 = madd(s1, b1, c11)
    const s2 = v128.load32_splat(a, 8)
    c20 = madd(s2, b0, c20)
    c21 = madd(s2, b1, c21)
    const s3 = v128.load32_splat(a, 12)
    c30 = madd(s3, b0, c30)
    c31 = madd(s3, b1, c31)
    const s4 = v128.load32_splat(a, 16)
    c40 = madd(s4, b0, c40)
    c41 = madd(s4, b1, c41)
    const s5 = v128.load32_splat(a, 20)
    c50 = madd(s5, b0, c50)
    c51 = madd(s5, b1, c51)
  }
  v128.store(sums, c00)
  v128.store(sums, c01, 16)
  v128.store(sums, c10, 32)
  v128.store(sums, c11, 48)
  v128.store(sums, c20, 64)
  v128.store(sums, c21, 80)
  v128.store(sums, c30, 96)
  v128.store(sums, c31, 112)
  v128.store(sums, c40, 128)
  v128.store(sums, c41, 144)
  v128.store(sums, c50, 160)
  v128.store(sums, c51, 176)
}

function storeTile(sums: usize, c: usize, pitch: usize, alpha: f32, beta: f32): void {
  const scale = f32x4.splat(alpha)
  const keep = f32x4.splat(beta)
  for (let row = 0; row < 6; row++, c += pitch, sums += 32) {
    let left = f32x4.mul(scale, v128.load(sums))
    let right = f32x4.mul(scale, v128.load(sums, 16))
    if (beta != 0) {
      left = madd(keep, v128.load(c), left)
      right = madd(keep, v128.load(c, 16), right)
    }
    v128.store(c, left)
    v128.store(c, right, 16)
  }
}

function storeEdge(sums: usize, c: usize, pitch: usize, rows: i32, cols: i32, alpha: f32, beta: f32): void {
  for (let row = 0; row < rows; row++, c += pitch, sums += 32) {
    for (let j: usize = 0, end = <usize>cols * 4; j < end; j += 4) {
      const value = alpha * load<f32>(sums + j)
      store<f32>(c + j, beta != 0 ? value + beta * load<f32>(c + j) : value)
    }
  }
}
