/**
 * The arithmetic of skip-gram with negative sampling on rows. A set of rows is a list of addresses. Targets come in groups of
 * six; weights (scores first, steps later) lie group by group, eight places for the six of a context.
 */
import { madd, splat } from './math'

export const GROUP: usize = 6
/** Bytes of the weights of a context with a group. */
export const STRIDE: usize = 32

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
  v128.store(to + STRIDE, sumEach4(b0, b1, b2, b3))
  const rest = sumEach4(a4, a5, b4, b5)
  v128.store64_lane(to, rest, 0, 16)
  v128.store64_lane(to + STRIDE, rest, 1, 16)
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

/** The products of four rows with each other: x0·x1, x0·x2, x1·x2, x0·x3, x1·x3, x2·x3. */
export function dotsAmongFour(x: usize, d: usize, to: usize): void {
  let x0 = rowAt(x, 0)
  const x1 = rowAt(x, 1) - x0
  const x2 = rowAt(x, 2) - x0
  const x3 = rowAt(x, 3) - x0
  let s01 = splat(0)
  let s02 = splat(0)
  let s12 = splat(0)
  let s03 = splat(0)
  let s13 = splat(0)
  let s23 = splat(0)
  const bytes = d << 2
  for (const end = x0 + (bytes & ~15); x0 < end; x0 += 16) {
    const a = v128.load(x0)
    const b = v128.load(x0 + x1)
    const c = v128.load(x0 + x2)
    const e = v128.load(x0 + x3)
    s01 = madd(a, b, s01)
    s02 = madd(a, c, s02)
    s12 = madd(b, c, s12)
    s03 = madd(a, e, s03)
    s13 = madd(b, e, s13)
    s23 = madd(c, e, s23)
  }
  v128.store(to, sumEach4(s01, s02, s12, s03))
  v128.store64_lane(to, sumEach4(s13, s23, s13, s23), 0, 16)
  for (let j = bytes & ~15; j < bytes; j += 4) {
    for (let b: usize = 1; b < 4; b++) {
      for (let a: usize = 0; a < b; a++) {
        const at = to + ((((b * (b - 1)) >> 1) + a) << 2)
        store<f32>(at, load<f32>(at) + load<f32>(rowAt(x, a) + j) * load<f32>(rowAt(x, b) + j))
      }
    }
  }
}

/** Adds the products of the one column at byte j to the scores of `nb` contexts with six targets. */
function addColumn(x: usize, nb: usize, y: usize, j: usize, to: usize): void {
  for (let b: usize = 0; b < nb; b++) {
    const value = load<f32>(rowAt(x, b) + j)
    for (let t: usize = 0; t < GROUP; t++) {
      const at = to + b * STRIDE + (t << 2)
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
 * Four columns of one group, context after context: x[b] += Σ_t g[b,t] y[t] and y[t] += g[b,t] x[b], with x[b] from before; that is in
 * `old` where another group has changed x already. The targets stay in six registers.
 */
export function updateSix(x: usize, y: usize, g: usize, nb: usize, j: usize, old: usize): void {
  const p0 = rowAt(y, 0) + j
  const p1 = rowAt(y, 1) + j
  const p2 = rowAt(y, 2) + j
  const p3 = rowAt(y, 3) + j
  const p4 = rowAt(y, 4) + j
  const p5 = rowAt(y, 5) + j
  let y0 = v128.load(p0)
  let y1 = v128.load(p1)
  let y2 = v128.load(p2)
  let y3 = v128.load(p3)
  let y4 = v128.load(p4)
  let y5 = v128.load(p5)
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
    y0 = madd(weight, value, y0)
    weight = v128.load32_splat(g, 4)
    sum = madd(weight, y1, sum)
    y1 = madd(weight, value, y1)
    weight = v128.load32_splat(g, 8)
    sum = madd(weight, y2, sum)
    y2 = madd(weight, value, y2)
    weight = v128.load32_splat(g, 12)
    sum = madd(weight, y3, sum)
    y3 = madd(weight, value, y3)
    weight = v128.load32_splat(g, 16)
    sum = madd(weight, y4, sum)
    y4 = madd(weight, value, y4)
    weight = v128.load32_splat(g, 20)
    sum = madd(weight, y5, sum)
    y5 = madd(weight, value, y5)
    v128.store(at, sum)
    g += STRIDE
  }
  v128.store(p0, y0)
  v128.store(p1, y1)
  v128.store(p2, y2)
  v128.store(p3, y3)
  v128.store(p4, y4)
  v128.store(p5, y5)
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

/** One column, of all groups, context after context. */
export function updateColumn(x: usize, y: usize, g: usize, nb: usize, groups: usize, j: usize): void {
  for (let b: usize = 0; b < nb; b++) {
    const at = rowAt(x, b) + j
    const old = load<f32>(at)
    let sum = old
    for (let group: usize = 0; group < groups; group++) {
      const weights = g + (group * nb + b) * STRIDE
      for (let t: usize = 0; t < GROUP; t++) {
        const weight = load<f32>(weights + (t << 2))
        const target = rowAt(y, group * GROUP + t) + j
        const value = load<f32>(target)
        sum += weight * value
        store<f32>(target, value + weight * old)
      }
    }
    store<f32>(at, sum)
  }
}
