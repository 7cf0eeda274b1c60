/**
 * Elementary functions on four floats at a time, about 1e-7 relative error.
 * exp: x = n ln 2 + r with |r| ≤ ln 2 / 2, then the Taylor series of degree 7 (remainder below 1e-8) times 2ⁿ.
 * log: x = 2ⁿ m with m in [√½, √2), then log m = 2 artanh((m − 1) / (m + 1)) as a series in the square.
 */

/** Constants in memory: V8 broadcasts them in one instruction, but builds a literal vector in three at each use. */
const TABLE = memory.data<f32>([
  1.4426950408889634,
  // ln 2 in two parts, the first with few enough bits for n · ln 2 to be exact.
  0.693359375,
  -2.12194440054690583e-4,
  0.5,
  1.0,
  2.0,
  // 1 / 3! … 1 / 7!
  1.0 / 6.0,
  1.0 / 24.0,
  1.0 / 120.0,
  1.0 / 720.0,
  1.0 / 5040.0,
  // 2 / 3, 2 / 5 … 2 / 15
  2.0 / 3.0,
  2.0 / 5.0,
  2.0 / 7.0,
  2.0 / 9.0,
  2.0 / 11.0,
  2.0 / 13.0,
  2.0 / 15.0,
  // 1.5 · 2²³: adding it leaves a number's nearest integer in the lowest bits.
  12582912,
  // Limits.
  -104,
  89,
  -40,
  1e-38,
])
const EXPONENT_BIAS = memory.data<i32>([127])
const LOG2E = 0
const LN2_HIGH = 1
const LN2_LOW = 2
const HALF = 3
const ONE = 4
const TWO = 5
const INVERSE_FACTORIAL_3 = 6
const TWO_THIRDS = 11
const ROUNDER = 18
const EXP_LEAST = 19
const EXP_MOST = 20
const EXPM1_LEAST = 21
const LOG_LEAST = 22

// @ts-ignore: decorator
@inline function constant(place: i32): v128 {
  return v128.load32_splat(TABLE + ((<usize>place) << 2))
}

// @ts-ignore: decorator
@inline export function splat(value: f32): v128 {
  return f32x4.splat(value)
}

/** a · b + c. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c)
}

/** The pseudo-minimum and -maximum are one instruction each and pass NaN in the first operand through. */
// @ts-ignore: decorator
@inline function clamp(x: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), most)
}

/** Where `mask` is set, a, else b. */
// @ts-ignore: decorator
@inline export function select4(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask)
}

// @ts-ignore: decorator
@inline export function sum4(v: v128): f32 {
  const pairs = f32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
}

// @ts-ignore: decorator
@inline export function max4(v: v128): f32 {
  const pairs = f32x4.max(v, i32x4.shuffle(v, v, 2, 3, 0, 1))
  return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1))
}

/** 2ⁿ for integers n in [−126, 127]. */
// @ts-ignore: decorator
@inline function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, v128.load32_splat(EXPONENT_BIAS)), 23)
}

// @ts-ignore: decorator
@inline function reduce(x: v128, n: v128): v128 {
  return f32x4.relaxed_nmadd(n, constant(LN2_LOW), f32x4.relaxed_nmadd(n, constant(LN2_HIGH), x))
}

/** exp(r) − 1 for |r| ≤ ln 2 / 2. */
// @ts-ignore: decorator
@inline function expm1Series(r: v128): v128 {
  let q = madd(r, constant(INVERSE_FACTORIAL_3 + 4), constant(INVERSE_FACTORIAL_3 + 3))
  q = madd(q, r, constant(INVERSE_FACTORIAL_3 + 2))
  q = madd(q, r, constant(INVERSE_FACTORIAL_3 + 1))
  q = madd(q, r, constant(INVERSE_FACTORIAL_3))
  q = madd(q, r, constant(HALF))
  return madd(f32x4.mul(r, r), q, r)
}

// @ts-ignore: decorator
@inline export function exp4(value: v128): v128 {
  const x = clamp(value, constant(EXP_LEAST), constant(EXP_MOST))
  const shifted = madd(x, constant(LOG2E), constant(ROUNDER))
  const n = f32x4.sub(shifted, constant(ROUNDER))
  const p = f32x4.add(expm1Series(reduce(x, n)), constant(ONE))
  // In two halves, since 2ⁿ itself may be subnormal or out of range.
  const k = i32x4.sub(shifted, constant(ROUNDER))
  const half = i32x4.shr_s(k, 1)
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(k, half)))
}

/** exp(x) − 1 for x ≤ 0, accurate near 0; positive x counts as 0. */
// @ts-ignore: decorator
@inline export function expm1Negative4(value: v128): v128 {
  const x = clamp(value, constant(EXPM1_LEAST), splat(0))
  const shifted = madd(x, constant(LOG2E), constant(ROUNDER))
  const n = f32x4.sub(shifted, constant(ROUNDER))
  const scale = powerOfTwo(i32x4.sub(shifted, constant(ROUNDER)))
  return madd(scale, expm1Series(reduce(x, n)), f32x4.sub(scale, constant(ONE)))
}

/** log(max(x, 1e-38)). */
// @ts-ignore: decorator
@inline export function log4(value: v128): v128 {
  const clamped = f32x4.pmax(value, constant(LOG_LEAST))
  // 1e-38 is subnormal: lift such values into the normal range.
  const tiny = f32x4.lt(clamped, splat(1e-37))
  const x = select4(tiny, f32x4.mul(clamped, splat(16777216)), clamped)
  // Subtracting the bits of √½ makes the exponent field round so that m falls into [√½, √2).
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23)
  const m = i32x4.sub(x, i32x4.shl(exponent, 23))
  const n = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(tiny, splat(24)))
  const s = f32x4.div(f32x4.sub(m, constant(ONE)), f32x4.add(m, constant(ONE)))
  const z = f32x4.mul(s, s)
  let q = madd(z, constant(TWO_THIRDS + 3), constant(TWO_THIRDS + 2))
  q = madd(q, z, constant(TWO_THIRDS + 1))
  q = madd(q, z, constant(TWO_THIRDS))
  const logM = madd(f32x4.mul(s, z), q, f32x4.add(s, s))
  const result = madd(n, constant(LN2_HIGH), madd(n, constant(LN2_LOW), logM))
  return select4(f32x4.lt(clamped, splat(Infinity)), result, clamped)
}

/** log(1 + u) for u in [0, 1]. */
// @ts-ignore: decorator
@inline function log1p4(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, constant(TWO)))
  const z = f32x4.mul(s, s)
  let q = madd(z, constant(TWO_THIRDS + 6), constant(TWO_THIRDS + 5))
  q = madd(q, z, constant(TWO_THIRDS + 4))
  q = madd(q, z, constant(TWO_THIRDS + 3))
  q = madd(q, z, constant(TWO_THIRDS + 2))
  q = madd(q, z, constant(TWO_THIRDS + 1))
  q = madd(q, z, constant(TWO_THIRDS))
  return madd(f32x4.mul(s, z), q, f32x4.add(s, s))
}

// @ts-ignore: decorator
@inline export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)))
  const negative = f32x4.lt(x, splat(0))
  return f32x4.div(select4(negative, e, constant(ONE)), f32x4.add(e, constant(ONE)))
}

// @ts-ignore: decorator
@inline export function tanh4(x: v128): v128 {
  const e = expm1Negative4(f32x4.mul(f32x4.abs(x), splat(-2)))
  const size = f32x4.div(f32x4.neg(e), f32x4.add(e, constant(TWO)))
  return v128.or(f32x4.abs(size), v128.and(x, i32x4.splat(0x80000000)))
}

// @ts-ignore: decorator
@inline export function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(x)))))
}
