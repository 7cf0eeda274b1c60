import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Sentences } from '../graph/sentences.ts'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { inRegion, run, runSync, type Snapshot } from '../train/run.ts'
import { skipGramSettings, type SkipGramTraining, trainSkipGram } from './skip-gram.ts'

const schema = z.strictObject(skipGramSettings)

/** Walks that stay within one of two groups of ten nodes; node 20 never occurs. */
function groups(batches: number, seed: number): Sentences[] {
  const rng = new Random(seed)
  return Array.from({ length: batches }, () => {
    const [sentences, length] = [100, 12]
    const tokens = new Int32Array(sentences * length)
    for (let s = 0; s < sentences; s++) {
      const group = 10 * rng.int(2)
      for (let i = 0; i < length; i++) tokens[s * length + i] = group + rng.int(10)
    }
    return { tokens, offsets: Uint32Array.from({ length: sentences + 1 }, (_, s) => s * length) }
  })
}

function training(settings: z.input<typeof schema>, more: Partial<SkipGramTraining> = {}): SkipGramTraining {
  return {
    nodes: 21,
    counts: Float64Array.from({ length: 21 }, (_, i) => (i < 20 ? 1 : 0)),
    sentences: (epoch) => groups(5, epoch),
    tokens: 6000,
    settings: schema.parse({ dim: 12, window: 3, epochs: 4, rate: 0.05, ...settings }),
    rng: new Random(3),
    ...more,
  }
}

const heldOut = {
  from: Int32Array.of(0, 1, 2, 13, 14),
  to: Int32Array.of(5, 9, 3, 17, 10),
  negativeFrom: Int32Array.of(0, 1, 2, 3, 4),
  negativeTo: Int32Array.of(15, 16, 17, 18, 19),
}

describe('trainSkipGram', () => {
  test.each(['window', 'none'] as const)('tells two groups apart, sharing: %s', (negativeSharing) => {
    for (const score of ['input', 'output'] as const) {
      const { curve } = runSync(
        trainSkipGram(training({ negativeSharing }, { heldOut: { ...heldOut, score } })),
      )
      expect(curve.at(-1)!.auc).toBe(1)
      expect(curve.at(-1)!.loss).toBeLessThan(curve[0].loss)
    }
  })

  test('leaves nodes that never occur as they were initialised', () => {
    const { input, output } = runSync(trainSkipGram(training({})))
    expect(Math.max(...input.row(20).map(Math.abs))).toBeLessThanOrEqual(0.5 / 12)
    expect([...output.row(20)]).toEqual(Array(12).fill(0))
    expect(Math.max(...input.row(3).map(Math.abs))).toBeGreaterThan(0.2)
  })

  test('the loss starts at (1 + negatives) ln 2', () => {
    const first = trainSkipGram(training({ rate: 1e-9, finalRate: 1e-9, epochs: 1, negatives: 3 }))
    const { curve } = runSync(first)
    // A negative that is the centre is left out: one in twenty.
    expect(curve[0].loss / Math.LN2).toBeCloseTo(1 + 3 * 0.95, 1)
  })

  test('goes on from a snapshot as if it had never stopped', () => {
    const settings = { deterministic: true, subsample: 0.02 }
    const whole = runSync(trainSkipGram(training(settings)))
    const job = trainSkipGram(training(settings))
    let snapshot: Snapshot | undefined
    for (let step = job.next(); !step.done && snapshot?.epoch !== 2; step = job.next()) {
      const now = step.value.snapshot
      if (now) {
        const arrays = Object.fromEntries(Object.entries(now.arrays).map(([name, a]) => [name, a.slice()]))
        snapshot = { ...now, arrays }
      }
    }
    const resumed = runSync(trainSkipGram(training(settings, { resume: snapshot! })))
    expect(resumed.input.data).toEqual(whole.input.data)
    expect(resumed.output.data).toEqual(whole.output.data)
    expect(resumed.curve).toEqual(whole.curve.slice(2))
  })

  test('can be cancelled inside an epoch, and gives its memory back', async () => {
    const stop = new AbortController()
    const endless = function* (): Generator<Sentences> {
      for (;;) yield* groups(1, 1)
    }
    const before = heap.bytesInUse
    const job = run(
      inRegion(trainSkipGram(training({}, { sentences: endless })), () => null),
      {
        signal: stop.signal,
        onProgress: () => stop.abort(),
      },
    )
    await expect(job).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(heap.bytesInUse).toBe(before)
  })

  test('says what is wrong', () => {
    const error = (more: Partial<SkipGramTraining>): unknown => {
      try {
        return runSync(trainSkipGram(training({}, more)))
      } catch (caught) {
        return caught
      }
    }
    const none = { tokens: new Int32Array(0), offsets: Uint32Array.of(0) }
    const lonely = { tokens: Int32Array.of(1, 2), offsets: Uint32Array.of(0, 0, 1, 2) }
    const outside = { tokens: Int32Array.of(1, 21), offsets: Uint32Array.of(0, 2) }
    expect(error({ sentences: () => [] })).toMatchObject({ code: 'EMPTY' })
    expect(error({ sentences: () => [none, lonely] })).toMatchObject({ code: 'EMPTY' })
    expect(error({ counts: new Float64Array(21) })).toMatchObject({ code: 'EMPTY' })
    expect(error({ counts: new Float64Array(20) })).toMatchObject({ code: 'SHAPE' })
    expect(error({ counts: new Float64Array(21).fill(-1) })).toMatchObject({ code: 'ARGUMENT' })
    expect(error({ sentences: () => [outside] })).toMatchObject({ code: 'ARGUMENT' })
    const far = { ...heldOut, to: Int32Array.of(0, 1, 2, 3, 21) }
    expect(error({ heldOut: far })).toMatchObject({ code: 'ARGUMENT' })
    const wild = training({ rate: 1e30, finalRate: 1e30 })
    expect(error({ settings: wild.settings })).toMatchObject({ code: 'DIVERGED' })
  })
})
