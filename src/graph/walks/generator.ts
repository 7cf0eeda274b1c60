/**
 * The random numbers of walks. Every walk has a generator of its own, seeded by the epoch's key, its start node and its
 * repetition, so that a walk is the same whatever is walked beside it. It is xoroshiro64** (Blackman & Vigna 2018,
 * https://arxiv.org/abs/1805.01407): two 32-bit words, which keeps hundreds of walks under way in a few cache lines.
 */
import { mix, type Random } from '../../random.ts'

/** The 64-bit key of an epoch. */
export interface WalkKey {
  readonly low: number
  readonly high: number
}

export function walkKey(rng: Random, epoch: number): WalkKey {
  const stream = rng.stream('walks', epoch)
  return { low: stream.uint32() | 0, high: stream.uint32() | 0 }
}

/** Sets generator k of `states` (two words each) to the start of the walk of `node` and `repetition`. */
export function seedWalk(
  states: Int32Array,
  k: number,
  key: WalkKey,
  node: number,
  repetition: number,
): void {
  const a = mix((mix(key.low ^ node) + Math.imul(repetition, 0x9e3779b9)) | 0)
  const b = mix((mix(key.high ^ repetition) + Math.imul(node, 0x85ebca6b)) | 0)
  states[2 * k] = a
  // All zeros is the one state that a generator never leaves.
  states[2 * k + 1] = (a | b) === 0 ? 1 : b
}

/** The next number of generator k: 32 bits, unsigned. */
export function nextUint32(states: Int32Array, k: number): number {
  const a = states[2 * k]
  const b = states[2 * k + 1] ^ a
  const x = Math.imul(a, 0x9e3779bb)
  states[2 * k] = ((a << 26) | (a >>> 6)) ^ b ^ (b << 9)
  states[2 * k + 1] = (b << 13) | (b >>> 19)
  return Math.imul((x << 5) | (x >>> 27), 5) >>> 0
}

const UNIT = 2 ** -32

/**
 * A whole number from 0 to n − 1: ⌊n · x / 2³²⌋. No number's chance is off by more than 2⁻³², which no walk can show.
 */
export function nextBelow(states: Int32Array, k: number, n: number): number {
  return (nextUint32(states, k) * UNIT * n) >>> 0
}

/** A number in [0, 1), a multiple of 2⁻³². */
export function nextUnit(states: Int32Array, k: number): number {
  return nextUint32(states, k) * UNIT
}
