/** The worked example of docs/clustering-grammar.md runs, and the guide shows it as it is. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { informative, negativeInformation } from '../examples/clustering-recipe.ts'
import { heap } from '../src/kernels/heap.ts'
import { adjustedRandIndex } from '../src/metrics/clustering.ts'
import { resolveConfig } from '../src/models/method.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { softmax } from '../src/tensor/rowwise.ts'
import { runSync } from '../src/train/run.ts'
import { gradientError, sample } from './gradients.ts'

const truth = Int32Array.from({ length: 120 }, (_, i) => i % 3)
const rng = new Random(8)
const blobs = Matrix.from(
  Array.from(truth, (c) => [0, 1, 2, 3].map((j) => 6 * Number(j === c) + rng.normal())),
)

test('the recipe finds separable blobs', () => {
  heap.scope(() => {
    const settings = {
      clusters: 3,
      hidden: [16],
      latent: 3,
      pretrainEpochs: 50,
      epochs: 100,
      batch: 40,
      rate: 5e-3,
    }
    const config = resolveConfig(informative, settings)
    const state = runSync(
      informative.fit({ features: blobs, graph: null }, config, { rng: new Random(1), resume: null }),
    )
    expect(adjustedRandIndex(truth, state.labels)).toBe(1)
  })
})

test('its term is least for sure and balanced assignments; gradients agree with central differences', () => {
  const sure = Matrix.from([
    [1, 0],
    [0, 1],
  ])
  expect(negativeInformation(sure).item()).toBeCloseTo(-Math.LN2, 5)
  const even = Matrix.from([
    [0.5, 0.5],
    [0.5, 0.5],
  ])
  expect(negativeInformation(even).item()).toBeCloseTo(0, 5)
  expect(gradientError((x) => negativeInformation(softmax(x)), sample(4, 3, 1))).toBeLessThan(4e-3)
})

/** Without indentation, which the guide leaves out. */
const flat = (code: string): string => code.replaceAll(/^ +/gm, '')

test('the guide quotes the example', () => {
  const [guide, program] = ['docs/clustering-grammar.md', 'examples/clustering-recipe.ts'].map((path) =>
    readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'),
  )
  const quoted = [...guide.matchAll(/```ts example\n([^]*?)```/g)].map(([, code]) => code)
  expect(quoted.length).toBeGreaterThan(1)
  for (const code of quoted) expect(flat(program)).toContain(flat(code))
})
