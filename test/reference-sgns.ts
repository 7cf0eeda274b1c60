/** Skip-gram with negative sampling as plain loops: the draws of a sentence, and one step. */
import type { SgnsSettings } from '../src/kernels/types.ts'

const MASK = (1n << 64n) - 1n
const GOLDEN = 0x9e3779b97f4a7c15n

/** The finaliser of SplitMix64. */
function mix64(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK
  return z ^ (z >> 31n)
}

/** One step: a context and its targets, of which the first is the positive. */
export interface Step {
  readonly context: number
  readonly targets: readonly number[]
}

/** The steps of one sentence, in order: as many as it has pairs. */
export function sgnsSteps(
  sentence: Int32Array,
  noise: Uint32Array,
  keep: Uint32Array | null,
  settings: SgnsSettings,
  number: number,
): Step[] {
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
  return kept.flatMap((centre, c) => {
    const reach = 1 + below(draw(), settings.window)
    const contexts = [...kept.slice(Math.max(0, c - reach), c), ...kept.slice(c + 1, c + reach + 1)]
    const shared = settings.shared && contexts.length > 0 ? targetsOf(centre) : null
    return contexts.map((context) => ({ context, targets: shared ?? targetsOf(centre) }))
  })
}

/** Loss of a step: Σ −ln σ(±y · x), plus for the positive, minus for the others. */
export function sgnsLoss(
  { context, targets }: Step,
  input: ArrayLike<number>,
  output: ArrayLike<number>,
  d: number,
): number {
  let loss = 0
  targets.forEach((target, t) => {
    const s = dot(input, context, output, target, d)
    loss += Math.log1p(Math.exp(t === 0 ? -s : s))
  })
  return loss
}

/** Takes a step down the gradient of {@link sgnsLoss} and answers the loss before it. */
export function sgnsStep(
  step: Step,
  input: Float32Array,
  output: Float32Array,
  d: number,
  rate: number,
): number {
  const { context, targets } = step
  const loss = sgnsLoss(step, input, output, d)
  const changes: [Float32Array, number, Float64Array][] = []
  const change = (matrix: Float32Array, row: number, direction: Float32Array, size: number): void => {
    changes.push([matrix, row * d, Float64Array.from(direction, (value) => size * value)])
  }
  targets.forEach((target, t) => {
    const g = rate * ((t === 0 ? 1 : 0) - 1 / (1 + Math.exp(-dot(input, context, output, target, d))))
    change(input, context, output.subarray(target * d, (target + 1) * d), g)
    change(output, target, input.subarray(context * d, (context + 1) * d), g)
  })
  for (const [matrix, at, by] of changes) by.forEach((value, j) => (matrix[at + j] += value))
  return loss
}

function dot(x: ArrayLike<number>, row: number, y: ArrayLike<number>, other: number, d: number): number {
  let sum = 0
  for (let j = 0; j < d; j++) sum += x[row * d + j] * y[other * d + j]
  return sum
}
