import { describe, expect, test } from 'vitest'
import { gradientError, sample } from '../../../test/gradients.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { softmax } from '../../tensor/rowwise.ts'
import { createAutoencoder } from '../networks/autoencoder.ts'
import { encodeVariational, reparameterise, variationalFrom } from '../networks/variational.ts'
import { mixtureLogits, mixturePrior, standardPrior } from './priors.ts'

const prior = {
  logits: Matrix.from([[0, Math.log(3)]]),
  means: Matrix.from([
    [0, 1],
    [2, -1],
  ]),
  logVariances: Matrix.from([
    [0, Math.log(2)],
    [Math.log(0.5), 0],
  ]),
}

describe('standardPrior', () => {
  test('is KL(N(μ, σ²) ‖ N(0, I)), worked by hand', () => {
    const [mean, logVariance] = [Matrix.from([[1, 0]]), Matrix.from([[0, Math.log(4)]])]
    // ½ (μ² + σ² − 1 − ln σ²): ½ for the first, ½ (3 − ln 4) for the second.
    expect(standardPrior(mean, logVariance).item()).toBeCloseTo(0.5 + 0.5 * (3 - Math.log(4)), 6)
  })

  test('gradients agree with central differences', () => {
    const params = { mean: sample(3, 2, 1), logVariance: sample(3, 2, 2) }
    expect(gradientError((p) => standardPrior(p.mean, p.logVariance), params)).toBeLessThan(4e-3)
  })
})

describe('mixture prior', () => {
  const z = Matrix.from([[1, 0.5]])
  /** ln N(x; μ, σ²) of one number, without −½ ln 2π. */
  const logNormal = (x: number, mean: number, variance: number): number =>
    -0.5 * (Math.log(variance) + (x - mean) ** 2 / variance)
  const joint = [
    Math.log(0.25) + logNormal(1, 0, 1) + logNormal(0.5, 1, 2),
    Math.log(0.75) + logNormal(1, 2, 0.5) + logNormal(0.5, -1, 1),
  ]

  test('ln π_c N(z | c), worked by hand', () => {
    expect([...mixtureLogits(z, prior).data]).toEqual(joint.map((v) => expect.closeTo(v, 5)))
  })

  test('the term, worked by hand', () => {
    const [mean, logVariance] = [Matrix.from([[0.5, 1]]), Matrix.from([[Math.log(0.5), 0]])]
    const gamma = [...softmax(Matrix.from([joint])).data]
    const energy = [
      0.5 * (0 + 0.5 + 0.25 + Math.log(2) + (1 + 0) / 2),
      0.5 * (Math.log(0.5) + (0.5 + 2.25) / 0.5 + 0 + 1 + 4),
    ]
    const weights = [0.25, 0.75]
    const mixture = gamma.reduce((sum, g, c) => sum + g * (energy[c] + Math.log(g) - Math.log(weights[c])), 0)
    const entropy = 0.5 * (1 + Math.log(0.5) + 1)
    expect(mixturePrior(mean, logVariance, z, prior).item()).toBeCloseTo(mixture - entropy, 5)
  })

  test('of one standard component it is the standard prior', () => {
    const one = { logits: Matrix.zeros(1, 1), means: Matrix.zeros(1, 2), logVariances: Matrix.zeros(1, 2) }
    const [mean, logVariance] = [sample(4, 2, 1), sample(4, 2, 2)]
    expect(mixturePrior(mean, logVariance, sample(4, 2, 3), one).item()).toBeCloseTo(
      standardPrior(mean, logVariance).item(),
      5,
    )
  })

  test('gradients agree with central differences', () => {
    const params = { mean: sample(3, 2, 1), logVariance: sample(3, 2, 2), z: sample(3, 2, 3), prior }
    expect(
      gradientError((p) => mixturePrior(p.mean, p.logVariance, p.z, p.prior), params, 3e-3),
    ).toBeLessThan(4e-3)
  })
})

describe('variational code', () => {
  test('samples have the asked mean and deviation', () => {
    const mean = Matrix.zeros(20_000, 1)
    const logVariance = Matrix.zeros(20_000, 1)
    mean.data.fill(3)
    logVariance.data.fill(Math.log(4))
    const z = [...reparameterise(mean, logVariance, new Random(1)).data]
    const average = z.reduce((a, b) => a + b) / z.length
    expect(average).toBeCloseTo(3, 1)
    expect(z.reduce((a, b) => a + (b - average) ** 2, 0) / z.length).toBeCloseTo(4, 0)
  })

  test('gradients pass through the sample to every layer', () => {
    const network = variationalFrom(createAutoencoder([4, 5, 2], new Random(1)), new Random(2))
    const x = sample(6, 4, 1)
    const loss = (p: typeof network) => {
      const { mean, logVariance } = encodeVariational(p, x)
      return standardPrior(reparameterise(mean, logVariance, new Random(7)), logVariance)
    }
    expect(gradientError(loss, network, 1e-3)).toBeLessThan(4e-3)
  })
})
