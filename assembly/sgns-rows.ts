/**
 * The arithmetic of skip-gram with negative sampling on rows. A set of rows is a list of addresses. Targets come in groups of
 * six; weights (scores first, steps later) lie group by group, the six of a context side by side.
 */
import { madd, splat } from './math'

export const GROUP: usize = 6

// @ts-ignore: decorator
@inline export function rowAt(set: usize, place: usize): usize {
  return <usize>load<u32>(set + (place << 2))
}

/** Scores of two contexts with six targets: twelve sums, two pieces of x and one of y are the fifteen registers V8 has. */
export function dotTwelve(x: usize, y: usize, d: usize, to: usize): void {
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
export function dotSix(x: usize, y: usize, d: usize, to: usize): void {
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

/**
 * Four columns of one group: x[b] += Σ_t g[b,t] y[t] and y[t] += Σ_b g[b,t] x[b], both from the old values. Those of x are in
 * `old` where another group has changed x already. The targets and their sums stay in twelve registers.
 */
export function updateSix(x: usize, y: usize, g: usize, nb: usize, j: usize, old: usize): void {
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

/** The first `bytes` of all rows for one context and six targets: the weights stay in registers. */
export function updateSingle(x: usize, y: usize, g: usize, bytes: usize): void {
  let x0 = rowAt(x, 0)
  let y0 = rowAt(y, 0)
  let y1 = rowAt(y, 1)
  let y2 = rowAt(y, 2)
  let y3 = rowAt(y, 3)
  let y4 = rowAt(y, 4)
  let y5 = rowAt(y, 5)
  const w0 = v128.load32_splat(g)
  const w1 = v128.load32_splat(g, 4)
  const w2 = v128.load32_splat(g, 8)
  const w3 = v128.load32_splat(g, 12)
  const w4 = v128.load32_splat(g, 16)
  const w5 = v128.load32_splat(g, 20)
  for (const end = x0 + bytes; x0 < end; x0 += 16) {
    const old = v128.load(x0)
    let sum = old
    let value = v128.load(y0)
    sum = madd(w0, value, sum)
    v128.store(y0, madd(w0, old, value))
    value = v128.load(y1)
    sum = madd(w1, value, sum)
    v128.store(y1, madd(w1, old, value))
    value = v128.load(y2)
    sum = madd(w2, value, sum)
    v128.store(y2, madd(w2, old, value))
    value = v128.load(y3)
    sum = madd(w3, value, sum)
    v128.store(y3, madd(w3, old, value))
    value = v128.load(y4)
    sum = madd(w4, value, sum)
    v128.store(y4, madd(w4, old, value))
    value = v128.load(y5)
    sum = madd(w5, value, sum)
    v128.store(y5, madd(w5, old, value))
    v128.store(x0, sum)
    y0 += 16
    y1 += 16
    y2 += 16
    y3 += 16
    y4 += 16
    y5 += 16
  }
}

/** One column, of all groups. */
export function updateColumn(x: usize, y: usize, g: usize, old: usize, nb: usize, groups: usize, j: usize): void {
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
