import { describe, expect, test } from 'vitest'
import { sample } from '../../../test/gradients.ts'
import { Random } from '../../random.ts'
import { mean, scale, square, sub, sum } from '../../tensor/elementwise.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { adam, sgd } from '../../tensor/optimiser.ts'
import { linear } from '../../tensor/schedule.ts'
import { listParams } from '../../tensor/tape.ts'
import { runSync } from '../../train/run.ts'
import { stack } from '../layers/dense.ts'
import { meanSquaredError } from '../terms/reconstruction.ts'
import { descend, learned } from './objective.ts'
import { fullBatch, minibatches, runPhase } from './phase.ts'
import { corrupt, pretrain } from './pretraining.ts'

const plain = (rate: number) => (params: Parameters<typeof sgd>[0]) => sgd(params, { rate })

describe('descend', () => {
  test('takes the weighted sum of its terms; a schedule sees the progress', () => {
    const x = Matrix.from([[2]])
    const step = descend({
      params: x,
      optimiser: plain(0.1),
      forward: (p) => p,
      terms: [
        { name: 'constant', weight: 3, of: (p) => sum(p) },
        { name: 'scheduled', weight: linear(4), of: (p) => sum(p) },
      ],
    })
    expect(step(null, 0.5)).toEqual({ constant: 2, scheduled: 2, total: 10 })
    // d/dx (3x + 2x) = 5
    expect(x.item()).toBeCloseTo(2 - 0.1 * 5, 6)
  })

  test('a learned weight 1/σ² comes to rest at 1 / (2 L) of a term that stays', () => {
    const weight = learned(1)
    const step = descend({
      params: Matrix.from([[3]]),
      optimiser: plain(0.02),
      forward: (p) => p,
      terms: [{ name: 'fixed', weight, of: (p) => scale(sum(sub(p, p)), 1, 4) }],
    })
    // 4/σ² + ln σ
    expect(step(null, 0)['total']).toBeCloseTo(4, 5)
    for (let i = 0; i < 400; i++) step(null, 0)
    expect(Math.exp(-2 * weight.logDeviation.item())).toBeCloseTo(1 / 8, 3)
  })

  test('a term that is not finite stops the step before the parameters move', () => {
    const x = Matrix.from([[1]])
    const step = descend({
      params: x,
      optimiser: plain(1),
      forward: (p) => p,
      terms: [{ name: 'distance', weight: 1, of: (p) => sum(sub(p, Matrix.from([[Infinity]]))) }],
    })
    expect(() => step(null, 0)).toThrow('the term distance became -Infinity')
    expect(x.item()).toBe(1)
  })
})

describe('phase', () => {
  test('batches cover every row once an epoch, the same for the same seed', () => {
    const seen = (seed: number) => [...minibatches(10, 4, new Random(seed)).of(1)].map((batch) => [...batch])
    expect(seen(1).map((batch) => batch.length)).toEqual([4, 4, 2])
    expect(
      seen(1)
        .flat()
        .toSorted((a, b) => a - b),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(seen(1)).toEqual(seen(1))
    expect(seen(2)).not.toEqual(seen(1))
  })

  test('a refresh comes before the first step and then when it is due, and may stop', () => {
    const log: string[] = []
    const result = runSync(
      runPhase({
        name: 'train',
        epochs: 3,
        batches: { perEpoch: 2, of: () => ['a', 'b'] },
        step(batch, progress) {
          log.push(`${batch} ${progress.toFixed(2)}`)
          return { total: 1 }
        },
        refresh: {
          every: 1,
          unit: 'epochs',
          // eslint-disable-next-line require-yield
          *run(steps) {
            log.push(`refresh ${steps}`)
            return steps === 4
          },
        },
      }),
    )
    expect(log).toEqual(['refresh 0', 'a 0.00', 'b 0.17', 'refresh 2', 'a 0.33', 'b 0.50', 'refresh 4'])
    expect(result).toEqual({ epochs: 2, steps: 4, stopped: true, losses: { total: 1 } })
  })

  test('a phase on all rows at once finds a minimum', () => {
    const x = Matrix.from([[5, -3]])
    const step = descend({
      params: x,
      optimiser: (params) => adam(params, { rate: 0.1 }),
      forward: (p) => p,
      terms: [{ name: 'square', weight: 1, of: (p) => mean(square(p)) }],
    })
    runSync(runPhase({ name: 'train', epochs: 300, batches: fullBatch, step }))
    expect(Math.max(...x.data.map(Math.abs))).toBeLessThan(0.05)
  })
})

describe('pretrain', () => {
  /** Rank two in five columns. */
  const x = Matrix.zeros(80, 5)
  const factors = [sample(80, 2, 1), sample(2, 5, 2)] as const
  for (let i = 0; i < 80; i++)
    for (let j = 0; j < 5; j++)
      for (let k = 0; k < 2; k++) x.data[i * 5 + j] += factors[0].data[i * 2 + k] * factors[1].data[k * 5 + j]
  const settings = {
    hidden: [16],
    latent: 2,
    pretrainEpochs: 60,
    pretrainRate: 1e-2,
    pretrainSchedule: 'plain' as 'plain' | 'layerwise',
    corruption: 0,
    batch: 20,
  }
  const error = (changed: Partial<typeof settings> = {}): number => {
    const { encoder, decoder } = runSync(pretrain(x, { ...settings, ...changed }, { rng: new Random(1) }))
    return meanSquaredError(stack(decoder, stack(encoder, x)), x).item()
  }

  test('reconstructs rows of low rank through a code of that rank', () => {
    expect(error()).toBeLessThan(0.05 * error({ pretrainEpochs: 0 }))
  })

  test('one that was trained before is found again, to the bit, by all of its settings', () => {
    const kept = new Map<string, readonly Float32Array[]>()
    const pretrained = {
      find: (name: string) => kept.get(name),
      keep: (name: string, weights: readonly Float32Array[]) => void kept.set(name, weights),
    }
    const weights = (batch: number, shared: boolean): Float32Array[] => {
      const context = { rng: new Random(1), ...(shared ? { pretrained } : {}) }
      const network = runSync(pretrain(x, { ...settings, pretrainEpochs: 2, batch }, context))
      return listParams(network).map(({ matrix }) => matrix.data.slice())
    }
    const alone = weights(20, false)
    expect(weights(20, true)).toEqual(alone)
    expect(kept.size).toBe(1)
    expect(weights(20, true)).toEqual(alone)
    expect(kept.size).toBe(1)
    expect(weights(40, true)).not.toEqual(alone)
    expect(kept.size).toBe(2)
  })

  test('layer by layer first, it still reconstructs', () => {
    expect(error({ pretrainSchedule: 'layerwise' })).toBeLessThan(0.1 * error({ pretrainEpochs: 0 }))
  })

  test('with corrupted inputs it reconstructs the clean ones', () => {
    expect(error({ corruption: 0.2 })).toBeLessThan(0.3 * error({ pretrainEpochs: 0 }))
    const ones = new Matrix(100, 100, new Float32Array(10_000).fill(1))
    const noisy = corrupt(ones, 0.2, new Random(1)) as Matrix
    expect(noisy.data.filter((v) => v === 0).length / 10_000).toBeCloseTo(0.2, 1)
    expect(ones.data[0]).toBe(1)
  })
})
