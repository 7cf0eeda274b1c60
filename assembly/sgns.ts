/**
 * Skip-gram with negative sampling, as native/sgns.h does it. A block is a set of input rows (context tokens) against a set of
 * output rows (the centre, which is the positive, and negatives); rows that occur more than once in a set count once, with a
 * multiplicity. A block takes one step along the gradient at the old values of all its rows.
 */
import { exp4, log4, sigmoid4, softplus4, splat, sum4 } from './math'
import { jobArguments, run, threadScratch } from './pool'
import { dotSix, dotTwelve, GROUP, rowAt, updateColumn, updateSingle, updateSix } from './sgns-rows'

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
/** Zeros: the row that fills up the last group of targets, and takes no steps. */
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
  if (groups == 1 && nb == 1) {
    updateSingle(x, y, g, wide)
  } else if (groups == 1) {
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
