/** Optimiser steps: one pass over parameters, gradients and state. Bias corrections are folded into two factors by wasm.ts. */
import { jobArguments, run } from './pool'
import { madd, splat } from './math'

const CHUNK: usize = 1 << 14

// @ts-ignore: decorator
@unmanaged
class Job {
  n: usize
  p: usize
  g: usize
  m: usize
  v: usize
  beta1: f32
  rest1: f32
  beta2: f32
  rest2: f32
  epsilon: f32
  l2: f32
  keep: f32
  rate: f32
  correction: f32
}

/**
 * g' = g + l2 p; m = beta1 m + rest1 g'; v = beta2 v + rest2 g'²; p = keep p − rate m / (√(correction v) + epsilon), where
 * rest = 1 − beta, keep = 1 − rate · decay, rate is divided by 1 − beta1ᵗ and correction is 1 / (1 − beta2ᵗ).
 */
export function adam(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  n: usize,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
  l2: f32,
  keep: f32,
  rate: f32,
  correction: f32,
): void {
  const job = changetype<Job>(jobArguments())
  job.n = n
  job.p = p
  job.g = g
  job.m = m
  job.v = v
  job.beta1 = beta1
  job.rest1 = rest1
  job.beta2 = beta2
  job.rest2 = rest2
  job.epsilon = epsilon
  job.l2 = l2
  job.keep = keep
  job.rate = rate
  job.correction = correction
  run(adamChunk.index, <i32>((n + CHUNK - 1) / CHUNK))
}

function adamChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const p = job.p
  const g = job.g
  const m = job.m
  const v = job.v
  const end = min((<usize>chunk + 1) * CHUNK, job.n) << 2
  let i = (<usize>chunk * CHUNK) << 2
  const beta1 = splat(job.beta1)
  const rest1 = splat(job.rest1)
  const beta2 = splat(job.beta2)
  const rest2 = splat(job.rest2)
  const epsilon = splat(job.epsilon)
  const l2 = splat(job.l2)
  const keep = splat(job.keep)
  const rate = splat(job.rate)
  const correction = splat(job.correction)
  for (; i + 16 <= end; i += 16) {
    const old = v128.load(p + i)
    const gradient = madd(l2, old, v128.load(g + i))
    const mean = madd(beta1, v128.load(m + i), f32x4.mul(rest1, gradient))
    const square = madd(beta2, v128.load(v + i), f32x4.mul(rest2, f32x4.mul(gradient, gradient)))
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(correction, square)), epsilon)
    v128.store(m + i, mean)
    v128.store(v + i, square)
    v128.store(p + i, f32x4.sub(f32x4.mul(keep, old), f32x4.div(f32x4.mul(rate, mean), size)))
  }
  for (; i < end; i += 4) {
    const old = load<f32>(p + i)
    const gradient = load<f32>(g + i) + job.l2 * old
    const mean = job.beta1 * load<f32>(m + i) + job.rest1 * gradient
    const square = job.beta2 * load<f32>(v + i) + job.rest2 * gradient * gradient
    store<f32>(m + i, mean)
    store<f32>(v + i, square)
    store<f32>(p + i, job.keep * old - (job.rate * mean) / (sqrt<f32>(job.correction * square) + job.epsilon))
  }
}

export function sgd(p: usize, g: usize, velocity: usize, n: usize, rate: f32, momentum: f32, l2: f32): void {
  const job = changetype<Job>(jobArguments())
  job.n = n
  job.p = p
  job.g = g
  job.v = velocity
  job.rate = rate
  job.beta1 = momentum
  job.l2 = l2
  run(sgdChunk.index, <i32>((n + CHUNK - 1) / CHUNK))
}

function sgdChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const p = job.p
  const g = job.g
  const v = job.v
  const end = min((<usize>chunk + 1) * CHUNK, job.n) << 2
  let i = (<usize>chunk * CHUNK) << 2
  const rate = splat(job.rate)
  const momentum = splat(job.beta1)
  const l2 = splat(job.l2)
  for (; i + 16 <= end; i += 16) {
    const old = v128.load(p + i)
    const velocity = madd(momentum, v128.load(v + i), madd(l2, old, v128.load(g + i)))
    v128.store(v + i, velocity)
    v128.store(p + i, f32x4.relaxed_nmadd(rate, velocity, old))
  }
  for (; i < end; i += 4) {
    const old = load<f32>(p + i)
    const velocity = job.beta1 * load<f32>(v + i) + (load<f32>(g + i) + job.l2 * old)
    store<f32>(v + i, velocity)
    store<f32>(p + i, old - job.rate * velocity)
  }
}
