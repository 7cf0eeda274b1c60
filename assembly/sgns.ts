/**
 * Skip-gram with negative sampling, as native/sgns.h does it. A block is a set of input rows (context tokens) against a set of
 * output rows (the centre, which is the positive, and negatives); rows that occur more than once in a set count once, with a
 * multiplicity. A block takes one step along the gradient at the old values of all its rows.
 */
import { exp4, log4, madd, sigmoid4, softplus4, splat, sum4 } from './math'
import { jobArguments, run, threadScratch } from './pool'

/** Rows of a set at most. */
const MOST: usize = 64
/** Tokens at hand; more than twice the greatest window. */
const KEPT: i32 = 4096
/** Tokens of a chunk, about. */
const CHUNK: i32 = 1024
/** Vectors of 1 + e^−|s| multiplied before a logarithm is taken. */
const FACTORS: i32 = 100
const GOLDEN: u64 = 0x9e3779b97f4a7c15

// Where things lie in the thread's scratch.
const SET: usize = (MOST + 6) * 12
const CONTEXTS: usize = <usize>KEPT * 4
const TARGETS: usize = CONTEXTS + SET
const OLD: usize = TARGETS + SET
const SCORES: usize = OLD + MOST * 16
/** Targets come in groups of six: the last one is filled up with a row of zeros, which takes no steps. */
const GROUP: usize = 6
const ZEROS: usize = SCORES + (MOST * (MOST + GROUP) + 4) * 4
const IDS: usize = (MOST + 6) * 4
const TIMES: usize = (MOST + 6) * 8

// @ts-ignore: decorator
@unmanaged
class Job {
  tokens: usize
  offsets: usize
  input: usize
  output: usize
  noise: usize
  keep: usize
  stats: usize
  d: usize
  count: i32
  nodes: u32
  window: i32
  negatives: i32
  chunks: i32
  seed: u32
  first: u32
  shared: bool
  rate: f64
  rateEnd: f64
}

export function sgns(
  count: i32,
  tokens: usize,
  offsets: usize,
  input: usize,
  output: usize,
  d: i32,
  nodes: u32,
  noise: usize,
  keep: usize,
  stats: usize,
  window: i32,
  negatives: i32,
  shared: bool,
  deterministic: bool,
  seed: u32,
  first: u32,
  rate: f64,
  rateEnd: f64,
): void {
  if (count == 0) return
  const job = changetype<Job>(jobArguments())
  job.tokens = tokens
  job.offsets = offsets
  job.input = input
  job.output = output
  job.noise = noise
  job.keep = keep
  job.stats = stats
  job.d = d
  job.count = count
  job.nodes = nodes
  job.window = window
  job.negatives = negatives
  job.seed = seed
  job.first = first
  job.shared = shared
  job.rate = rate
  job.rateEnd = rateEnd
  job.chunks = <i32>max<u32>(1, (offset(job, count) - offset(job, 0)) / CHUNK)
  run(sgnsChunk.index, job.chunks, deterministic)
}

// @ts-ignore: decorator
@inline function offset(job: Job, s: i32): u32 {
  return load<u32>(job.offsets + ((<usize>s) << 2))
}

/** The first sentence that begins in a chunk's stretch of tokens. */
function firstSentence(job: Job, chunk: i32): i32 {
  if (chunk == 0) return 0
  if (chunk == job.chunks) return job.count
  const target = offset(job, 0) + <u32>chunk * CHUNK
  let low = 0
  let high = job.count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (offset(job, middle) < target) low = middle + 1
    else high = middle
  }
  return low
}

function sgnsChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const base = offset(job, 0)
  const total = offset(job, job.count) - base
  const end = firstSentence(job, chunk + 1)
  memory.fill(threadScratch() + ZEROS, 0, job.d << 2)
  for (let s = firstSentence(job, chunk); s < end; s++) {
    const done: f64 = total == 0 ? 0 : <f64>(offset(job, s) - base) / <f64>total
    sentence(job, s, <f32>(job.rate + (job.rateEnd - job.rate) * done))
  }
}

/** The finaliser of SplitMix64 (Steele, Lea & Flood 2014): draw i of a stream is mix64(key + i · golden). */
// @ts-ignore: decorator
@inline function mix64(z: u64): u64 {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb
  return z ^ (z >> 31)
}

/** State of the sentence in hand; every thread has its own instance and so its own copy. */
let key: u64 = 0
let drawn: u64 = 0
let kept: usize = 0
let size: i32 = 0
let begin: u32 = 0
let next: u32 = 0
let last: u32 = 0
let contexts: i32 = 0
let targets: i32 = 0
let repeats: bool = false
let rate: f32 = 0
let loss: f64 = 0
let linear: v128 = f32x4.splat(0)
let product: v128 = f32x4.splat(1)
let factors: i32 = 0

// @ts-ignore: decorator
@inline function draw(): u64 {
  return mix64(key + drawn++ * GOLDEN)
}

// @ts-ignore: decorator
@inline function keptAt(place: i32): i32 {
  return load<i32>(kept + ((<usize>place) << 2))
}

/** Takes tokens of the sentence that subsampling keeps, as many as there is place for. */
function fill(job: Job): void {
  for (; next < last && size < KEPT; next++) {
    const token = load<i32>(job.tokens + ((<usize>next) << 2))
    if (job.keep) {
      const bits = <u32>mix64(~key + <u64>(next - begin) * GOLDEN)
      if (bits > load<u32>(job.keep + ((<usize>token) << 2))) continue
    }
    store<i32>(kept + ((<usize>size) << 2), token)
    size++
  }
}

function sentence(job: Job, s: i32, rateNow: f32): void {
  key = mix64((<u64>job.seed << 32) | <u64>(job.first + <u32>s))
  drawn = 0
  kept = threadScratch()
  size = 0
  next = begin = offset(job, s)
  last = offset(job, s + 1)
  rate = rateNow
  loss = 0
  linear = splat(0)
  product = splat(1)
  factors = 0
  let pairs: f64 = 0
  const window = job.window
  fill(job)
  for (let c = 0; c < size; c++) {
    if (c + window >= size && next < last) {
      const gone = max(c - window, 0)
      memory.copy(kept, kept + ((<usize>gone) << 2), (<usize>(size - gone)) << 2)
      size -= gone
      c -= gone
      fill(job)
    }
    const reach = 1 + <i32>(((draw() >> 32) * <u64>window) >> 32)
    const from = max(c - reach, 0)
    const to = min(size - 1, c + reach)
    if (to == from) continue
    pairs += <f64>(to - from)
    if (job.shared) drawTargets(job, keptAt(c))
    contexts = 0
    let again = false
    for (let i = from; i <= to; i++) {
      if (i == c) continue
      if (!job.shared) drawTargets(job, keptAt(c))
      const before = contexts
      contexts = insert(CONTEXTS, contexts, keptAt(i), job.input, job.d)
      again = again || contexts == before
      if (job.shared && contexts < <i32>MOST) continue
      block(job, again)
      contexts = 0
      again = false
    }
    if (contexts > 0) block(job, again)
  }
  foldLoss()
  const stats = job.stats + ((<usize>s) << 3)
  store<f32>(stats, <f32>(loss + <f64>sum4(linear)))
  store<f32>(stats, <f32>pairs, 4)
}

function drawTargets(job: Job, centre: i32): void {
  repeats = false
  targets = insert(TARGETS, 0, centre, job.output, job.d)
  for (let k = job.negatives; k > 0; k--) {
    const bits = draw()
    const cell = <usize>(((bits >> 32) * <u64>job.nodes) >> 32)
    const at = job.noise + (cell << 3)
    const node = <u32>bits < load<u32>(at) ? <i32>cell : load<i32>(at, 4)
    if (node == centre) continue
    const before = targets
    targets = insert(TARGETS, targets, node, job.output, job.d)
    if (targets == before) repeats = true
  }
}

/** Adds a row to a set, or counts it once more; answers the set's size. */
// @ts-ignore: decorator
@inline function insert(set: usize, length: i32, node: i32, matrix: usize, d: usize): i32 {
  const at = threadScratch() + set
  const end = at + ((<usize>length) << 2)
  for (let i = at; i < end; i += 4) {
    if (load<i32>(i, IDS) == node) {
      store<f32>(i, load<f32>(i, TIMES) + 1, TIMES)
      return length
    }
  }
  store<u32>(end, <u32>(matrix + (((<usize>node) * d) << 2)))
  store<i32>(end, node, IDS)
  store<f32>(end, 1, TIMES)
  return length + 1
}

function foldLoss(): void {
  loss += <f64>sum4(log4(product))
  product = splat(1)
  factors = 0
}

/**
 * One step on the contexts and targets in hand; target 0 is the positive. Scores, and then step sizes, lie group by group, the
 * six of a context side by side.
 */
function block(job: Job, again: bool): void {
  const own = threadScratch()
  const x = own + CONTEXTS
  const y = own + TARGETS
  const g = own + SCORES
  const old = own + OLD
  const nb = <usize>contexts
  const nt = <usize>targets
  const groups = (nt + GROUP - 1) / GROUP
  for (let t = nt; t < groups * GROUP; t++) {
    store<u32>(y + (t << 2), <u32>(own + ZEROS))
    store<f32>(y + (t << 2), 0, TIMES)
  }
  for (let group: usize = 0; group < groups; group++) {
    const first = y + group * (GROUP << 2)
    const to = g + group * nb * (GROUP << 2)
    let b: usize = 0
    for (; b + 2 <= nb; b += 2) dotTwelve(x + (b << 2), first, job.d, to + b * (GROUP << 2))
    if (b < nb) dotSix(x + (b << 2), first, job.d, to + b * (GROUP << 2))
  }
  const lastScores = g + (groups - 1) * nb * (GROUP << 2)
  for (let t = nt - (groups - 1) * GROUP; t < GROUP; t++) {
    for (let b: usize = 0; b < nb; b++) store<f32>(lastScores + ((b * GROUP + t) << 2), -104)
  }
  grade(x, y, g, nb, groups, again || repeats)

  const bytes = job.d << 2
  const wide = bytes & ~15
  if (groups == 1) {
    for (let j: usize = 0; j < wide; j += 16) updateSix(x, y, g, nb, j, 0)
  } else {
    for (let j: usize = 0; j < wide; j += 16) {
      for (let b: usize = 0; b < nb; b++) v128.store(old + (b << 4), v128.load(rowAt(x, b) + j))
      for (let group: usize = 0; group < groups; group++) {
        updateSix(x, y + group * (GROUP << 2), g + group * nb * (GROUP << 2), nb, j, old)
      }
    }
  }
  for (let j = wide; j < bytes; j += 4) updateColumn(x, y, g, old, nb, groups, j)
}

// @ts-ignore: decorator
@inline function rowAt(set: usize, place: usize): usize {
  return <usize>load<u32>(set + (place << 2))
}

/** Scores of two contexts with six targets: twelve sums, two pieces of x and one of y are the fifteen registers V8 has. */
function dotTwelve(x: usize, y: usize, d: usize, to: usize): void {
  let x0 = rowAt(x, 0)
  let x1 = rowAt(x, 1)
  let y0 = rowAt(y, 0)
  let y1 = rowAt(y, 1)
  let y2 = rowAt(y, 2)
  let y3 = rowAt(y, 3)
  let y4 = rowAt(y, 4)
  let y5 = rowAt(y, 5)
  let a0 = splat(0)
  let a1 = splat(0)
  let a2 = splat(0)
  let a3 = splat(0)
  let a4 = splat(0)
  let a5 = splat(0)
  let b0 = splat(0)
  let b1 = splat(0)
  let b2 = splat(0)
  let b3 = splat(0)
  let b4 = splat(0)
  let b5 = splat(0)
  const bytes = d << 2
  for (const end = x0 + (bytes & ~15); x0 < end; x0 += 16) {
    const a = v128.load(x0)
    const b = v128.load(x1)
    let v = v128.load(y0)
    a0 = madd(a, v, a0)
    b0 = madd(b, v, b0)
    v = v128.load(y1)
    a1 = madd(a, v, a1)
    b1 = madd(b, v, b1)
    v = v128.load(y2)
    a2 = madd(a, v, a2)
    b2 = madd(b, v, b2)
    v = v128.load(y3)
    a3 = madd(a, v, a3)
    b3 = madd(b, v, b3)
    v = v128.load(y4)
    a4 = madd(a, v, a4)
    b4 = madd(b, v, b4)
    v = v128.load(y5)
    a5 = madd(a, v, a5)
    b5 = madd(b, v, b5)
    x1 += 16
    y0 += 16
    y1 += 16
    y2 += 16
    y3 += 16
    y4 += 16
    y5 += 16
  }
  v128.store(to, sumEach4(a0, a1, a2, a3))
  v128.store(to, sumEach4(a4, a5, b0, b1), 16)
  v128.store(to, sumEach4(b2, b3, b4, b5), 32)
  for (let j = bytes & ~15; j < bytes; j += 4) addColumn(x, 2, y, j, to)
}

/** Scores of one context with six targets. */
function dotSix(x: usize, y: usize, d: usize, to: usize): void {
  const x0 = rowAt(x, 0)
  const y0 = rowAt(y, 0)
  const y1 = rowAt(y, 1)
  const y2 = rowAt(y, 2)
  const y3 = rowAt(y, 3)
  const y4 = rowAt(y, 4)
  const y5 = rowAt(y, 5)
  let a0 = splat(0)
  let a1 = splat(0)
  let a2 = splat(0)
  let a3 = splat(0)
  let a4 = splat(0)
  let a5 = splat(0)
  const bytes = d << 2
  let j: usize = 0
  for (; j + 16 <= bytes; j += 16) {
    const a = v128.load(x0 + j)
    a0 = madd(a, v128.load(y0 + j), a0)
    a1 = madd(a, v128.load(y1 + j), a1)
    a2 = madd(a, v128.load(y2 + j), a2)
    a3 = madd(a, v128.load(y3 + j), a3)
    a4 = madd(a, v128.load(y4 + j), a4)
    a5 = madd(a, v128.load(y5 + j), a5)
  }
  v128.store(to, sumEach4(a0, a1, a2, a3))
  v128.store(to, sumEach4(a4, a5, a4, a5), 16)
  for (; j < bytes; j += 4) addColumn(x, 1, y, j, to)
}

/** Adds the products of the one column at byte j to the scores of `nb` contexts with six targets. */
function addColumn(x: usize, nb: usize, y: usize, j: usize, to: usize): void {
  for (let b: usize = 0; b < nb; b++) {
    const value = load<f32>(rowAt(x, b) + j)
    for (let t: usize = 0; t < GROUP; t++) {
      const at = to + ((b * GROUP + t) << 2)
      store<f32>(at, load<f32>(at) + value * load<f32>(rowAt(y, t) + j))
    }
  }
}

/** The sums of four vectors, side by side. */
// @ts-ignore: decorator
@inline function sumEach4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(i32x4.shuffle(a, b, 0, 1, 4, 5), i32x4.shuffle(a, b, 2, 3, 6, 7))
  const cd = f32x4.add(i32x4.shuffle(c, d, 0, 1, 4, 5), i32x4.shuffle(c, d, 2, 3, 6, 7))
  return f32x4.add(i32x4.shuffle(ab, cd, 0, 2, 4, 6), i32x4.shuffle(ab, cd, 1, 3, 5, 7))
}

/** Scores become steps: rate · (label − σ(s)), times the multiplicities; the loss is added up. */
function grade(x: usize, y: usize, g: usize, nb: usize, groups: usize, weighted: bool): void {
  const total = nb * groups * GROUP
  let positives: f32 = 0
  for (let b: usize = 0; b < nb; b++) {
    positives += load<f32>(x + (b << 2), TIMES) * load<f32>(g + ((b * GROUP) << 2))
  }
  loss -= <f64>positives
  const slope = splat(-rate)
  if (weighted) {
    for (let group: usize = 0; group < groups; group++) {
      for (let b: usize = 0; b < nb; b++) {
        for (let t: usize = 0; t < GROUP; t++) {
          const at = g + (((group * nb + b) * GROUP + t) << 2)
          const times = load<f32>(x + (b << 2), TIMES) * load<f32>(y + ((group * GROUP + t) << 2), TIMES)
          const s = v128.load32_splat(at)
          loss += <f64>(times * f32x4.extract_lane(softplus4(s), 0))
          store<f32>(at, times * f32x4.extract_lane(f32x4.mul(slope, sigmoid4(s)), 0))
        }
      }
    }
  } else {
    v128.store(g + (total << 2), splat(-104))
    const one = splat(1)
    const zero = splat(0)
    for (let i: usize = 0; i < total; i += 4) {
      const s = v128.load(g + (i << 2))
      const z = exp4(f32x4.neg(f32x4.abs(s)))
      const u = f32x4.add(z, one)
      linear = f32x4.add(linear, f32x4.pmax(s, zero))
      product = f32x4.mul(product, u)
      if (++factors == FACTORS) foldLoss()
      const numerator = v128.bitselect(z, one, f32x4.lt(s, zero))
      v128.store(g + (i << 2), f32x4.div(f32x4.mul(slope, numerator), u))
    }
  }
  for (let b: usize = 0; b < nb; b++) {
    const at = g + ((b * GROUP) << 2)
    store<f32>(at, load<f32>(at) + rate * load<f32>(x + (b << 2), TIMES))
  }
}

/**
 * Four columns of one group: x[b] += Σ_t g[b,t] y[t] and y[t] += Σ_b g[b,t] x[b], both from the old values. Those of x are in
 * `old` where another group has changed x already. The targets and their sums stay in twelve registers.
 */
function updateSix(x: usize, y: usize, g: usize, nb: usize, j: usize, old: usize): void {
  const p0 = rowAt(y, 0) + j
  const p1 = rowAt(y, 1) + j
  const p2 = rowAt(y, 2) + j
  const p3 = rowAt(y, 3) + j
  const p4 = rowAt(y, 4) + j
  const p5 = rowAt(y, 5) + j
  const y0 = v128.load(p0)
  const y1 = v128.load(p1)
  const y2 = v128.load(p2)
  const y3 = v128.load(p3)
  const y4 = v128.load(p4)
  const y5 = v128.load(p5)
  let s0 = splat(0)
  let s1 = splat(0)
  let s2 = splat(0)
  let s3 = splat(0)
  let s4 = splat(0)
  let s5 = splat(0)
  for (const end = x + (nb << 2); x < end; x += 4) {
    const at = rowAt(x, 0) + j
    let sum = v128.load(at)
    let value = sum
    if (old) {
      value = v128.load(old)
      old += 16
    }
    let weight = v128.load32_splat(g)
    sum = madd(weight, y0, sum)
    s0 = madd(weight, value, s0)
    weight = v128.load32_splat(g, 4)
    sum = madd(weight, y1, sum)
    s1 = madd(weight, value, s1)
    weight = v128.load32_splat(g, 8)
    sum = madd(weight, y2, sum)
    s2 = madd(weight, value, s2)
    weight = v128.load32_splat(g, 12)
    sum = madd(weight, y3, sum)
    s3 = madd(weight, value, s3)
    weight = v128.load32_splat(g, 16)
    sum = madd(weight, y4, sum)
    s4 = madd(weight, value, s4)
    weight = v128.load32_splat(g, 20)
    sum = madd(weight, y5, sum)
    s5 = madd(weight, value, s5)
    v128.store(at, sum)
    g += GROUP << 2
  }
  v128.store(p0, f32x4.add(y0, s0))
  v128.store(p1, f32x4.add(y1, s1))
  v128.store(p2, f32x4.add(y2, s2))
  v128.store(p3, f32x4.add(y3, s3))
  v128.store(p4, f32x4.add(y4, s4))
  v128.store(p5, f32x4.add(y5, s5))
}

/** One column, of all groups. */
function updateColumn(x: usize, y: usize, g: usize, old: usize, nb: usize, groups: usize, j: usize): void {
  for (let b: usize = 0; b < nb; b++) {
    const at = rowAt(x, b) + j
    let sum = load<f32>(at)
    store<f32>(old + (b << 4), sum)
    for (let t: usize = 0; t < groups * GROUP; t++) {
      sum += load<f32>(weightAt(g, nb, b, t)) * load<f32>(rowAt(y, t) + j)
    }
    store<f32>(at, sum)
  }
  for (let t: usize = 0; t < groups * GROUP; t++) {
    const at = rowAt(y, t) + j
    let sum = load<f32>(at)
    for (let b: usize = 0; b < nb; b++) sum += load<f32>(weightAt(g, nb, b, t)) * load<f32>(old + (b << 4))
    store<f32>(at, sum)
  }
}

// @ts-ignore: decorator
@inline function weightAt(g: usize, nb: usize, b: usize, t: usize): usize {
  return g + ((((t / GROUP) * nb + b) * GROUP + (t % GROUP)) << 2)
}
