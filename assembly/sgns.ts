/**
 * Skip-gram with negative sampling, as native/sgns.h does it: steps on input rows (contexts of a centre), one after the other, and a
 * set of output rows, the targets (the centre, which is the positive, and negatives; one drawn twice counts once, with a multiplicity).
 *
 * Contexts go through in blocks of up to four different ones. The scores of all are taken from the values before the block; what
 * the steps g of the contexts before b change about those of b follows from x_b · (y + Σ_a g_a x_a) = x_b · y + Σ_a g_a (x_b · x_a).
 */
import { exp4, log4, madd, splat, sum4 } from './math'
import { jobArguments, run, threadScratch } from './pool'
import { dotsAmongFour, dotSix, dotTwelve, GROUP, rowAt, STRIDE, updateColumn, updateSingle, updateSix } from './sgns-rows'

/** Targets at most. */
const MOST: usize = 64
/** Contexts of a block at most. */
const BLOCK: i32 = 4
/** Tokens at hand; more than twice the greatest window. */
const KEPT: i32 = 4096
/** Tokens of a chunk, about. */
const CHUNK: i32 = 1024
/** Vectors of 1 + e^−|s| multiplied before a logarithm is taken. */
const FACTORS: i32 = 100
const GOLDEN: u64 = 0x9e3779b97f4a7c15

// Where things lie in the thread's scratch.
const IDS: usize = (MOST + GROUP) * 4
const TIMES: usize = (MOST + GROUP) * 8
const CONTEXTS: usize = <usize>KEPT * 4
const TARGETS: usize = CONTEXTS + (MOST + GROUP) * 8
const OLD: usize = TARGETS + (MOST + GROUP) * 12
/** Products of the contexts of a block with each other, the pair a < b at b(b − 1)/2 + a. */
const AMONG: usize = OLD + <usize>BLOCK * 16
const SCORES: usize = AMONG + 32
/** Zeros: the row that fills up the last group of targets, and a block of contexts. */
const ZEROS: usize = SCORES + ((MOST + GROUP - 1) / GROUP) * <usize>BLOCK * STRIDE

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
    for (let i = from; i <= to; i++) {
      if (i == c) continue
      if (!job.shared) drawTargets(job, keptAt(c))
      else if (isContext(keptAt(i))) finish(job)
      append(job, keptAt(i))
      if (contexts == BLOCK || !job.shared) finish(job)
    }
    if (contexts > 0) finish(job)
  }
  foldLoss()
  const stats = job.stats + ((<usize>s) << 3)
  store<f32>(stats, <f32>(loss + <f64>sum4(linear)))
  store<f32>(stats, <f32>pairs, 4)
}

function drawTargets(job: Job, centre: i32): void {
  repeats = false
  targets = 0
  addTarget(job, centre)
  for (let k = job.negatives; k > 0; k--) {
    const bits = draw()
    const cell = <usize>(((bits >> 32) * <u64>job.nodes) >> 32)
    const at = job.noise + (cell << 3)
    const node = <u32>bits < load<u32>(at) ? <i32>cell : load<i32>(at, 4)
    if (node != centre) addTarget(job, node)
  }
  // The rest of the last group is a row of zeros.
  const y = threadScratch() + TARGETS
  for (let t = <usize>targets; t % GROUP != 0; t++) {
    store<u32>(y + (t << 2), <u32>(threadScratch() + ZEROS))
    store<f32>(y + (t << 2), 0, TIMES)
  }
}

/** Adds a target, or counts it once more. */
// @ts-ignore: decorator
@inline function addTarget(job: Job, node: i32): void {
  const first = threadScratch() + TARGETS
  const end = first + ((<usize>targets) << 2)
  for (let at = first; at < end; at += 4) {
    if (load<i32>(at, IDS) == node) {
      store<f32>(at, load<f32>(at, TIMES) + 1, TIMES)
      repeats = true
      return
    }
  }
  store<u32>(end, <u32>(job.output + (((<usize>node) * job.d) << 2)))
  store<i32>(end, node, IDS)
  store<f32>(end, 1, TIMES)
  targets++
}

// @ts-ignore: decorator
@inline function isContext(node: i32): bool {
  const first = threadScratch() + CONTEXTS
  for (let at = first; at < first + ((<usize>contexts) << 2); at += 4) {
    if (load<i32>(at, IDS) == node) return true
  }
  return false
}

// @ts-ignore: decorator
@inline function append(job: Job, node: i32): void {
  const at = threadScratch() + CONTEXTS + ((<usize>contexts) << 2)
  store<u32>(at, <u32>(job.input + (((<usize>node) * job.d) << 2)))
  store<i32>(at, node, IDS)
  contexts++
}

function foldLoss(): void {
  loss += <f64>sum4(log4(product))
  product = splat(1)
  factors = 0
}

/** The steps of the contexts in hand, which are then gone. Target 0 is the positive. */
function finish(job: Job): void {
  const own = threadScratch()
  const x = own + CONTEXTS
  const y = own + TARGETS
  const g = own + SCORES
  const old = own + OLD
  const nb = <usize>contexts
  const groups = (<usize>targets + GROUP - 1) / GROUP
  if (nb > 1) {
    for (let b = nb; b < <usize>BLOCK; b++) store<u32>(x + (b << 2), <u32>(own + ZEROS))
    dotsAmongFour(x, job.d, own + AMONG)
  }
  for (let group: usize = 0; group < groups; group++) {
    const first = y + group * (GROUP << 2)
    const to = g + group * nb * STRIDE
    let b: usize = 0
    for (; b + 2 <= nb; b += 2) dotTwelve(x + (b << 2), first, job.d, to + b * STRIDE)
    if (b < nb) dotSix(x + (b << 2), first, job.d, to + b * STRIDE)
    grade(own + AMONG, first, to, nb, group == 0)
  }

  const bytes = job.d << 2
  const wide = bytes & ~15
  if (groups == 1 && nb == 1) {
    updateSingle(x, y, g, wide)
  } else if (groups == 1) {
    for (let j: usize = 0; j < wide; j += 16) updateSix(x, y, g, nb, j, 0)
  } else {
    for (let j: usize = 0; j < wide; j += 16) {
      for (let b: usize = 0; b < nb; b++) v128.store(old + (b << 4), v128.load(rowAt(x, b) + j))
      for (let group: usize = 0; group < groups; group++) {
        updateSix(x, y + group * (GROUP << 2), g + group * nb * STRIDE, nb, j, old)
      }
    }
  }
  for (let j = wide; j < bytes; j += 4) updateColumn(x, y, g, nb, groups, j)
  contexts = 0
}

/**
 * Scores of contexts with a group of targets become steps rate · times · (label − σ(s)), one context after the other; the loss is
 * added up. Target 0 has label 1 where `positive`.
 */
function grade(among: usize, y: usize, g: usize, nb: usize, positive: bool): void {
  const times0 = v128.load(y, TIMES)
  const times1 = v128.load64_zero(y, TIMES + 16)
  const zero = splat(0)
  // Of a target that is only there to fill the group, the score is −104, which has neither a loss nor a step.
  const used0 = f32x4.gt(times0, zero)
  const used1 = f32x4.gt(times1, zero)
  const least = splat(-104)
  const one = splat(1)
  const label = positive ? f32x4.replace_lane(zero, 0, 1) : zero
  const up = f32x4.mul(label, splat(rate))
  const down0 = f32x4.mul(times0, splat(-rate))
  const down1 = f32x4.mul(times1, splat(-rate))
  for (let b: usize = 0; b < nb; b++) {
    const at = g + b * STRIDE
    let s0 = v128.load(at)
    let s1 = v128.load64_zero(at, 16)
    for (let before = g; before < at; before += STRIDE) {
      const likeness = v128.load32_splat(among)
      s0 = madd(likeness, v128.load(before), s0)
      s1 = madd(likeness, v128.load(before, 16), s1)
      among += 4
    }
    s0 = v128.bitselect(s0, least, used0)
    s1 = v128.bitselect(s1, least, used1)
    const z0 = exp4(f32x4.neg(f32x4.abs(s0)))
    const z1 = exp4(f32x4.neg(f32x4.abs(s1)))
    const u0 = f32x4.add(z0, one)
    const u1 = f32x4.add(z1, one)
    const numerator0 = v128.bitselect(z0, one, f32x4.lt(s0, zero))
    const numerator1 = v128.bitselect(z1, one, f32x4.lt(s1, zero))
    v128.store(at, madd(down0, f32x4.div(numerator0, u0), up))
    v128.store(at, f32x4.mul(down1, f32x4.div(numerator1, u1)), 16)
    const linear0 = f32x4.sub(f32x4.pmax(s0, zero), f32x4.mul(label, s0))
    const linear1 = f32x4.pmax(s1, zero)
    linear = madd(times0, linear0, madd(times1, linear1, linear))
    if (repeats) {
      loss += <f64>sum4(madd(times0, log4(u0), f32x4.mul(times1, log4(u1))))
    } else {
      product = f32x4.mul(product, f32x4.mul(u0, u1))
      factors += 2
      if (factors >= FACTORS) foldLoss()
    }
  }
}
