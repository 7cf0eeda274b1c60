/** The objective of skip-gram: the steps of the kernel against finite differences, and what it draws against chances. */
import { describe, expect, test } from 'vitest'
import { sgnsLoss, sgnsSteps } from '../../test/reference-sgns.ts'
import { keepThresholds, noiseTable } from '../nn/noise.ts'
import { Random } from '../random.ts'
import { heap } from './heap.ts'
import { createNativeKernels, nativeIsas } from './native.ts'
import type { Kernels, SgnsSettings } from './types.ts'
import { createWasmKernels } from './wasm.ts'

const base: SgnsSettings = {
  window: 2,
  negatives: 3,
  shared: false,
  deterministic: false,
  seed: 5,
  first: 0,
  rate: 1e-3,
  rateEnd: 1e-3,
}

describe.each(backends())('%s', (_, kernels) => {
  test.each([true, false])('a step goes down the gradient of the objective, shared: %s', (shared) => {
    const [nodes, d] = [7, 5]
    const rng = new Random(2)
    // Node 3 comes twice, so that a centre has a context twice.
    const sentence = heap.place(Int32Array.of(3, 1, 3, 6, 0))
    const noise = noiseTable([4, 1, 2, 3, 1, 1, 5], 0.75)
    const settings = { ...base, shared }
    const values = Float64Array.from({ length: 2 * nodes * d }, () => rng.float() - 0.5)
    const input = heap.place(Float32Array.from(values.subarray(0, nodes * d)))
    const output = heap.place(Float32Array.from(values.subarray(nodes * d)))
    const stats = heap.f32(2)
    kernels.sgns(sentence, heap.place(Uint32Array.of(0, 5)), input, output, d, noise, null, stats, settings)

    const steps = sgnsSteps(sentence, noise, null, settings, 0)
    const half = nodes * d
    const objective = (at: Float64Array): number =>
      steps.reduce((sum, step) => sum + sgnsLoss(step, at.subarray(0, half), at.subarray(half), d), 0)
    const moved = [...input, ...output]
    for (let i = 0; i < values.length; i++) {
      const [up, down] = [1e-5, -1e-5].map((h) => objective(values.map((v, j) => (j === i ? v + h : v))))
      const slope = (up - down) / 2e-5
      expect((moved[i] - values[i]) / settings.rate, `parameter ${i}`).toBeCloseTo(-slope, 1.9)
    }
    // The loss is taken as the steps go on, so it is a little lower than at the start.
    expect(stats[0] / objective(values)).toBeCloseTo(1, 1.9)
    expect(stats[1]).toBe(steps.length)
  })

  test('negatives come by count^0.75, and frequent nodes are thinned out', () => {
    // Row i of the output moves along x only when it is drawn: with y = 0 and a tiny rate, by −rate/2 · x each time.
    const counts = [10, 100, 0, 1000, 1]
    const nodes = counts.length + 1
    const centre = counts.length
    const sentences = 20_000
    const tokens = heap.i32(2 * sentences).fill(centre)
    const offsets = heap.place(Uint32Array.from({ length: sentences + 1 }, (_, s) => 2 * s))
    const input = heap.f32(nodes).fill(1)
    const output = heap.f32(nodes)
    const stats = heap.f32(2 * sentences)
    const noise = noiseTable([...counts, 0], 0.75)
    const settings = { ...base, deterministic: true, rate: 2 ** -26, rateEnd: 2 ** -26 }
    const draws = (sum: number): number => sum / -(2 ** -27)
    kernels.sgns(tokens, offsets, input, output, 1, noise, null, stats, settings)
    const total = counts.reduce((sum, count) => sum + count ** 0.75, 0)
    const drawn = 2 * sentences * settings.negatives
    for (const [i, count] of counts.entries()) {
      const p = count ** 0.75 / total
      const deviations = (draws(output[i]) - drawn * p) / Math.sqrt(drawn * p * (1 - p) + 1e-9)
      if (count === 0) expect(output[i]).toBe(0)
      else expect(Math.abs(deviations), `node ${i}`).toBeLessThan(5)
    }
    // The centre stays with chance √t + t: a sentence has its two pairs when both its tokens stay.
    const keep = keepThresholds([0, 0, 0, 0, 0, 7], 0.25)
    kernels.sgns(tokens, offsets, input, output, 1, noise, keep, stats, settings)
    const whole = stats.filter((_, i) => i % 2 === 1).reduce((sum, pairs) => sum + pairs / 2, 0)
    expect(Math.abs(whole - 0.75 ** 2 * sentences)).toBeLessThan(5 * Math.sqrt(sentences / 4))
  })

  test('a batch cut in pieces draws what it draws whole', () => {
    const [nodes, d] = [30, 8]
    const results = [
      [0, 40],
      [0, 1, 13, 40],
    ].map((cuts) => {
      const rng = new Random(4)
      const tokens = heap.place(Int32Array.from({ length: 40 * 9 }, () => rng.int(nodes)))
      const input = heap.f32(nodes * d).map(() => rng.float() - 0.5)
      const placed = heap.place(input)
      const output = heap.f32(nodes * d)
      const noise = noiseTable(Array(nodes).fill(1), 0.75)
      for (let c = 0; c + 1 < cuts.length; c++) {
        const offsets = Uint32Array.from({ length: cuts[c + 1] - cuts[c] + 1 }, (_, s) => 9 * (cuts[c] + s))
        const settings = { ...base, first: cuts[c], deterministic: true }
        kernels.sgns(tokens, heap.place(offsets), placed, output, d, noise, null, heap.f32(80), settings)
      }
      return [...placed, ...output]
    })
    expect(results[1]).toEqual(results[0])
  })
})

function backends(): [string, Kernels][] {
  const all: [string, Kernels][] = [['wasm', createWasmKernels(2)]]
  try {
    for (const isa of nativeIsas()) all.push([`native ${isa}`, createNativeKernels(2, isa)])
  } catch (error) {
    console.warn(
      `SKIPPED: skip-gram on the native backend: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return all
}
