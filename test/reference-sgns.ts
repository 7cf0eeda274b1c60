/** Skip-gram with negative sampling as plain loops: the draws of a sentence, and one step on a block of pairs. */
import type { SgnsSettings } from '../src/kernels/types.ts'

const MASK = (1n << 64n) - 1n
const GOLDEN = 0x9e3779b97f4a7c15n

/** The finaliser of SplitMix64. */
function mix64(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK
  return z ^ (z >> 31n)
}

/** Contexts that meet the same targets in one step. The first target is the positive. */
export interface Block {
  readonly contexts: readonly number[]
  readonly targets: readonly number[]
}

/** The blocks of one sentence, in order, and its number of pairs. */
export function sgnsBlocks(
  sentence: Int32Array,
  noise: Uint32Array,
  keep: Uint32Array | null,
  settings: SgnsSettings,
  number: number,
): { blocks: Block[]; pairs: number } {
  const key = mix64((BigInt(settings.seed >>> 0) << 32n) | BigInt(number))
  let drawn = 0n
  const draw = (): bigint => mix64((key + drawn++ * GOLDEN) & MASK)
  /** A whole number below `n` from the upper half of the bits. */
  const below = (bits: bigint, n: number): number => Number(((bits >> 32n) * BigInt(n)) >> 32n)
  const stays = (token: number, place: number): boolean =>
    !keep || Number(mix64(((~key & MASK) + BigInt(place) * GOLDEN) & MASK) & 0xffffffffn) <= keep[token]
  const kept = Array.from(sentence).filter(stays)
  const targetsOf = (centre: number): number[] => {
    const targets = [centre]
    for (let k = 0; k < settings.negatives; k++) {
      const bits = draw()
      const cell = below(bits, noise.length / 2)
      const node = Number(bits & 0xffffffffn) < noise[2 * cell] ? cell : noise[2 * cell + 1]
      if (node !== centre) targets.push(node)
    }
    return targets
  }
  const blocks: Block[] = []
  let pairs = 0
  kept.forEach((centre, c) => {
    const reach = 1 + below(draw(), settings.window)
    const contexts = [...kept.slice(Math.max(0, c - reach), c), ...kept.slice(c + 1, c + reach + 1)]
    pairs += contexts.length
    if (contexts.length === 0) return
    if (!settings.shared) {
      for (const context of contexts) blocks.push({ contexts: [context], targets: targetsOf(centre) })
      return
    }
    const targets = targetsOf(centre)
    let part: number[] = []
    for (const context of contexts) {
      part.push(context)
      if (new Set(part).size < 64) continue
      blocks.push({ contexts: part, targets })
      part = []
    }
    if (part.length > 0) blocks.push({ contexts: part, targets })
  })
  return { blocks, pairs }
}

/** Loss of a block: Σ −ln σ(±y · x), plus for the positive, minus for the others. */
export function sgnsLoss(
  { contexts, targets }: Block,
  input: ArrayLike<number>,
  output: ArrayLike<number>,
  d: number,
): number {
  let loss = 0
  for (const context of contexts) {
    targets.forEach((target, t) => {
      const s = dot(input, context, output, target, d)
      loss += Math.log1p(Math.exp(t === 0 ? -s : s))
    })
  }
  return loss
}

/** Takes a step down the gradient of {@link sgnsLoss} and answers the loss before it. */
export function sgnsStep(
  block: Block,
  input: Float32Array,
  output: Float32Array,
  d: number,
  rate: number,
): number {
  const loss = sgnsLoss(block, input, output, d)
  const steps: [Float32Array, number, Float64Array][] = []
  const step = (matrix: Float32Array, row: number, direction: Float32Array, size: number): void => {
    steps.push([matrix, row * d, Float64Array.from(direction, (value) => size * value)])
  }
  for (const context of block.contexts) {
    block.targets.forEach((target, t) => {
      const g = rate * ((t === 0 ? 1 : 0) - 1 / (1 + Math.exp(-dot(input, context, output, target, d))))
      step(input, context, output.subarray(target * d, (target + 1) * d), g)
      step(output, target, input.subarray(context * d, (context + 1) * d), g)
    })
  }
  for (const [matrix, at, change] of steps) change.forEach((value, j) => (matrix[at + j] += value))
  return loss
}

function dot(x: ArrayLike<number>, row: number, y: ArrayLike<number>, other: number, d: number): number {
  let sum = 0
  for (let j = 0; j < d; j++) sum += x[row * d + j] * y[other * d + j]
  return sum
}
