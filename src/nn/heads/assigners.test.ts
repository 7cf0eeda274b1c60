import { expect, test } from 'vitest'
import { adjustedRandIndex } from '../../metrics/clustering.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { runSync } from '../../train/run.ts'
import { assigner, assigners } from './assigners.ts'

const truth = Int32Array.from({ length: 90 }, (_, i) => i % 3)
const rng = new Random(2)
const latent = Matrix.from<'node', 'latent'>(
  Array.from(truth, (c) => [8 * Number(c === 1) + rng.normal(), 8 * Number(c === 2) + rng.normal()]),
)

test.each(assigners)('%s reads three blobs off a latent space', (name) => {
  const { labels, probabilities, centres } = runSync(assigner(name, 3)(latent, 3, new Random(1)))
  expect(adjustedRandIndex(truth, labels)).toBe(1)
  expect([probabilities !== null, centres !== null]).toEqual([name === 'mixture', name !== 'spectral'])
})
