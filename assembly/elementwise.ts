/**
 * Elementwise kernels, the sum of all elements and random numbers. The operation is a constant in each inlined loop, so every
 * loop is specialised. The last one to three elements go through the same four-lane function one by one, so an element's
 * result does not depend on where it lies.
 */
import { jobArguments, partials, run } from './pool'
import { exp4, expm1Negative4, log4, madd, select4, sigmoid4, softplus4, splat, tanh4 } from './math'

/** Floats in one chunk. */
const CHUNK: usize = 1 << 15
const SUM_CHUNKS: usize = 256

// @ts-ignore: decorator
@unmanaged
class Job {
  op: i32
  n: usize
  chunk: usize
  x: usize
  y: usize
  gy: usize
  out: usize
  a: f32
  b: f32
  seed: i32
}

function start(work: u32, n: usize): void {
  changetype<Job>(jobArguments()).n = n
  run(work, <i32>((n + CHUNK - 1) / CHUNK))
}

/** Numbers of the operations, as in wasm.ts. */
const RELU = 0
const LEAKY_RELU = 1
const ELU = 2
const SIGMOID = 3
const TANH = 4
const SOFTPLUS = 5
const EXP = 6
const LOG = 7
const SQRT = 8
const SQUARE = 9
const RECIPROCAL = 10
const ADD = 0
const SUB = 1
const MUL = 2
const DIV = 3

// @ts-ignore: decorator
@inline function value(op: i32, x: v128, a: v128): v128 {
  if (op == RELU) return f32x4.pmax(x, splat(0))
  if (op == LEAKY_RELU) return select4(f32x4.lt(x, splat(0)), f32x4.mul(a, x), x)
  if (op == ELU) return select4(f32x4.lt(x, splat(0)), expm1Negative4(x), x)
  if (op == SIGMOID) return sigmoid4(x)
  if (op == TANH) return tanh4(x)
  if (op == SOFTPLUS) return softplus4(x)
  if (op == EXP) return exp4(x)
  if (op == LOG) return log4(x)
  if (op == SQRT) return f32x4.sqrt(x)
  if (op == SQUARE) return f32x4.mul(x, x)
  return f32x4.div(splat(1), x)
}

// @ts-ignore: decorator
@inline function derivative(op: i32, x: v128, y: v128, a: v128): v128 {
  if (op == RELU) return v128.and(f32x4.gt(x, splat(0)), splat(1))
  if (op == LEAKY_RELU) return select4(f32x4.gt(x, splat(0)), splat(1), a)
  if (op == ELU) return select4(f32x4.gt(x, splat(0)), splat(1), f32x4.add(y, splat(1)))
  if (op == SIGMOID) return f32x4.mul(y, f32x4.sub(splat(1), y))
  if (op == TANH) return f32x4.sub(splat(1), f32x4.mul(y, y))
  if (op == SOFTPLUS) return sigmoid4(x)
  if (op == EXP) return y
  if (op == LOG) return v128.and(f32x4.gt(x, splat(1e-38)), f32x4.div(splat(1), x))
  if (op == SQRT) return v128.andnot(f32x4.div(splat(0.5), y), f32x4.eq(y, splat(0)))
  if (op == SQUARE) return f32x4.add(x, x)
  return f32x4.neg(f32x4.mul(y, y))
}

// @ts-ignore: decorator
@inline function combined(op: i32, x: v128, y: v128): v128 {
  if (op == ADD) return f32x4.add(x, y)
  if (op == SUB) return f32x4.sub(x, y)
  if (op == MUL) return f32x4.mul(x, y)
  return f32x4.div(x, y)
}

// @ts-ignore: decorator
@inline function first(chunk: i32): usize {
  return (<usize>chunk * CHUNK) << 2
}

// @ts-ignore: decorator
@inline function last(chunk: i32, n: usize): usize {
  return min((<usize>chunk + 1) * CHUNK, n) << 2
}

// @ts-ignore: decorator
@inline function storeLane(to: usize, v: v128): void {
  store<f32>(to, f32x4.extract_lane(v, 0))
}

export function unary(op: i32, x: usize, out: usize, n: usize, a: f32): void {
  const job = changetype<Job>(jobArguments())
  job.op = op
  job.x = x
  job.out = out
  job.a = a
  start(unaryChunk.index, n)
}

// @ts-ignore: decorator
@inline function unaryLoop(op: i32, chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const x = job.x
  const out = job.out
  const a = splat(job.a)
  const end = last(chunk, job.n)
  let i = first(chunk)
  for (; i + 16 <= end; i += 16) v128.store(out + i, value(op, v128.load(x + i), a))
  for (; i < end; i += 4) storeLane(out + i, value(op, v128.load32_splat(x + i), a))
}

function unaryChunk(chunk: i32): void {
  switch (changetype<Job>(jobArguments()).op) {
    case RELU:
      unaryLoop(RELU, chunk)
      break
    case LEAKY_RELU:
      unaryLoop(LEAKY_RELU, chunk)
      break
    case ELU:
      unaryLoop(ELU, chunk)
      break
    case SIGMOID:
      unaryLoop(SIGMOID, chunk)
      break
    case TANH:
      unaryLoop(TANH, chunk)
      break
    case SOFTPLUS:
      unaryLoop(SOFTPLUS, chunk)
      break
    case EXP:
      unaryLoop(EXP, chunk)
      break
    case LOG:
      unaryLoop(LOG, chunk)
      break
    case SQRT:
      unaryLoop(SQRT, chunk)
      break
    case SQUARE:
      unaryLoop(SQUARE, chunk)
      break
    default:
      unaryLoop(RECIPROCAL, chunk)
  }
}

export function unaryGrad(op: i32, x: usize, y: usize, gy: usize, gx: usize, n: usize, a: f32): void {
  const job = changetype<Job>(jobArguments())
  job.op = op
  job.x = x
  job.y = y
  job.gy = gy
  job.out = gx
  job.a = a
  start(gradChunk.index, n)
}

// @ts-ignore: decorator
@inline function gradLoop(op: i32, chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const x = job.x
  const y = job.y
  const gy = job.gy
  const gx = job.out
  const a = splat(job.a)
  const end = last(chunk, job.n)
  let i = first(chunk)
  for (; i + 16 <= end; i += 16) {
    v128.store(
      gx + i,
      madd(v128.load(gy + i), derivative(op, v128.load(x + i), v128.load(y + i), a), v128.load(gx + i)),
    )
  }
  for (; i < end; i += 4) {
    const slope = derivative(op, v128.load32_splat(x + i), v128.load32_splat(y + i), a)
    storeLane(gx + i, madd(v128.load32_splat(gy + i), slope, v128.load32_splat(gx + i)))
  }
}

function gradChunk(chunk: i32): void {
  switch (changetype<Job>(jobArguments()).op) {
    case RELU:
      gradLoop(RELU, chunk)
      break
    case LEAKY_RELU:
      gradLoop(LEAKY_RELU, chunk)
      break
    case ELU:
      gradLoop(ELU, chunk)
      break
    case SIGMOID:
      gradLoop(SIGMOID, chunk)
      break
    case TANH:
      gradLoop(TANH, chunk)
      break
    case SOFTPLUS:
      gradLoop(SOFTPLUS, chunk)
      break
    case EXP:
      gradLoop(EXP, chunk)
      break
    case LOG:
      gradLoop(LOG, chunk)
      break
    case SQRT:
      gradLoop(SQRT, chunk)
      break
    case SQUARE:
      gradLoop(SQUARE, chunk)
      break
    default:
      gradLoop(RECIPROCAL, chunk)
  }
}

export function binary(op: i32, x: usize, y: usize, out: usize, n: usize): void {
  const job = changetype<Job>(jobArguments())
  job.op = op
  job.x = x
  job.y = y
  job.out = out
  start(binaryChunk.index, n)
}

// @ts-ignore: decorator
@inline function binaryLoop(op: i32, chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const x = job.x
  const y = job.y
  const out = job.out
  const end = last(chunk, job.n)
  let i = first(chunk)
  for (; i + 16 <= end; i += 16) v128.store(out + i, combined(op, v128.load(x + i), v128.load(y + i)))
  for (; i < end; i += 4) storeLane(out + i, combined(op, v128.load32_splat(x + i), v128.load32_splat(y + i)))
}

function binaryChunk(chunk: i32): void {
  switch (changetype<Job>(jobArguments()).op) {
    case ADD:
      binaryLoop(ADD, chunk)
      break
    case SUB:
      binaryLoop(SUB, chunk)
      break
    case MUL:
      binaryLoop(MUL, chunk)
      break
    default:
      binaryLoop(DIV, chunk)
  }
}

export function axpy(alpha: f32, x: usize, y: usize, n: usize): void {
  const job = changetype<Job>(jobArguments())
  job.x = x
  job.out = y
  job.a = alpha
  start(axpyChunk.index, n)
}

function axpyChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const x = job.x
  const y = job.out
  const alpha = splat(job.a)
  const end = last(chunk, job.n)
  let i = first(chunk)
  for (; i + 16 <= end; i += 16) v128.store(y + i, madd(alpha, v128.load(x + i), v128.load(y + i)))
  for (; i < end; i += 4) storeLane(y + i, madd(alpha, v128.load32_splat(x + i), v128.load32_splat(y + i)))
}

export function fill(value: f32, out: usize, n: usize): void {
  const job = changetype<Job>(jobArguments())
  job.out = out
  job.a = value
  start(fillChunk.index, n)
}

function fillChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const out = job.out
  const value = splat(job.a)
  const end = last(chunk, job.n)
  let i = first(chunk)
  for (; i + 16 <= end; i += 16) v128.store(out + i, value)
  for (; i < end; i += 4) store<f32>(out + i, job.a)
}

export function affine(alpha: f32, beta: f32, x: usize, out: usize, n: usize): void {
  const job = changetype<Job>(jobArguments())
  job.x = x
  job.out = out
  job.a = alpha
  job.b = beta
  start(affineChunk.index, n)
}

function affineChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const x = job.x
  const out = job.out
  const alpha = splat(job.a)
  const beta = splat(job.b)
  const end = last(chunk, job.n)
  let i = first(chunk)
  for (; i + 16 <= end; i += 16) v128.store(out + i, madd(alpha, v128.load(x + i), beta))
  for (; i < end; i += 4) storeLane(out + i, madd(alpha, v128.load32_splat(x + i), beta))
}

/** Σ x in float64: chunks into partial sums, which are added in order. */
export function sum(x: usize, n: usize): f64 {
  const job = changetype<Job>(jobArguments())
  job.x = x
  job.n = n
  job.chunk = max(CHUNK, ((n + SUM_CHUNKS - 1) / SUM_CHUNKS + 3) & ~3)
  const chunks = (n + job.chunk - 1) / job.chunk
  run(sumChunk.index, <i32>chunks)
  let total: f64 = 0
  for (let c: usize = 0; c < chunks; c++) total += load<f64>(partials() + (c << 3))
  return total
}

function sumChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const x = job.x
  let i = (<usize>chunk * job.chunk) << 2
  const end = min((<usize>chunk + 1) * job.chunk, job.n) << 2
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (; i + 16 <= end; i += 16) {
    const v = v128.load(x + i)
    low = f64x2.add(low, f64x2.promote_low_f32x4(v))
    high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 0)))
  }
  const pair = f64x2.add(low, high)
  let total = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1)
  for (; i < end; i += 4) total += load<f32>(x + i)
  store<f64>(partials() + ((<usize>chunk) << 3), total)
}

export function uniform(seed: i32, out: usize, n: usize): void {
  const job = changetype<Job>(jobArguments())
  job.out = out
  job.seed = seed
  start(uniformChunk.index, n)
}

/** A 32-bit finaliser with good avalanche (lowbias32 with Ellis' constants). */
// @ts-ignore: decorator
@inline function mix(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x21f0aaad))
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x735a2d97))
  return v128.xor(x, i32x4.shr_u(x, 15))
}

function uniformChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const seed = i32x4.splat(job.seed)
  const end = last(chunk, job.n)
  let i = first(chunk)
  let counter = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(<i32>(i >> 2) + job.seed * 0x9e3779b9))
  for (; i < end; i += 16) {
    const bits = mix(v128.xor(mix(counter), seed))
    const v = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), splat(1.0 / 16777216.0))
    if (i + 16 <= end) v128.store(job.out + i, v)
    else storeStart(job.out + i, v, end - i)
    counter = i32x4.add(counter, i32x4.splat(4))
  }
}

/** The first `bytes` (4, 8 or 12) of v. */
function storeStart(to: usize, v: v128, bytes: usize): void {
  store<f32>(to, f32x4.extract_lane(v, 0))
  if (bytes > 4) store<f32>(to, f32x4.extract_lane(v, 1), 4)
  if (bytes > 8) store<f32>(to, f32x4.extract_lane(v, 2), 8)
}
