import { describe, expect, test } from 'vitest'
import { type EpochsOptions, trainEpochs } from './epochs.ts'
import { runSync, type Snapshot } from './run.ts'

/** A "training" that adds the epoch number to x; validation scores come from a list. */
function setup(scores: readonly number[] | null, epochs: number, patience = 2) {
  const x = new Float32Array(1)
  const counter = { steps: 0 }
  const options: EpochsOptions = {
    epochs,
    state: { x },
    counter,
    model: ['x'],
    *epoch(epoch) {
      x[0] += epoch
      counter.steps++
      yield 0.5
      return 1 / epoch
    },
    validate:
      scores &&
      function* () {
        yield { phase: 'validate', done: 1, of: 1, unit: 'users' }
        return scores[counter.steps - 1]
      },
    validateEvery: 1,
    patience,
  }
  return { x, options }
}

describe('trainEpochs', () => {
  test('without validation it runs all epochs and keeps the last state', () => {
    const { x, options } = setup(null, 4)
    expect(runSync(trainEpochs(options))).toEqual({ epochs: 4, epoch: 4, curve: [] })
    expect(x[0]).toBe(1 + 2 + 3 + 4)
  })

  test('stops after `patience` validations without a new best and goes back to the best epoch', () => {
    const { x, options } = setup([0.1, 0.3, 0.2, 0.25, 0.9], 5)
    expect(runSync(trainEpochs(options))).toMatchObject({ epochs: 4, epoch: 2 })
    expect(x[0]).toBe(1 + 2)
  })

  test('a loss that is not a number stops with advice', () => {
    const { options } = setup(null, 3)
    const broken = {
      ...options,
      *epoch() {
        yield 0
        return NaN
      },
    }
    expect(() => runSync(trainEpochs(broken))).toThrow(
      'the loss became NaN in epoch 1. Use a smaller learning rate.',
    )
  })

  test('resumed from any snapshot it ends exactly as if it had never stopped', () => {
    const scores = [0.1, 0.3, 0.2, 0.35, 0.3, 0.2]
    const whole = setup(scores, 6)
    const snapshots: Snapshot[] = []
    const job = trainEpochs(whole.options)
    let step = job.next()
    while (!step.done) {
      if (step.value.snapshot) snapshots.push(structuredClone(step.value.snapshot))
      step = job.next()
    }
    expect(snapshots.length).toBeGreaterThan(3)
    for (const resume of snapshots) {
      const again = setup(scores, 6)
      const result = runSync(trainEpochs({ ...again.options, resume }))
      expect(result).toEqual(step.value)
      expect(again.x).toEqual(whole.x)
    }
  })

  test('a snapshot of another shape is refused', () => {
    const { options } = setup(null, 2)
    const resume = { epoch: 1, numbers: {}, arrays: { x: new Float32Array(2) } }
    expect(() => runSync(trainEpochs({ ...options, resume }))).toThrow('expected 1 numbers of x, got 2')
  })
})
