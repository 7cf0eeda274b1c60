import { expect, test } from 'vitest'
import { listParams } from '../../../tensor/tape.ts'
import { Random } from '../../../random.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { Sparse } from '../../../tensor/sparse.ts'
import { runSync } from '../../../train/run.ts'
import { stack } from '../../../nn/layers/dense.ts'
import { pretrain } from '../../../nn/training/pretraining.ts'
import { type Chosen, startingAutoencoder } from './starts.ts'

/** Three blobs in 6 columns of which 4 are noise, so that weak autoencoders differ in what they see. */
const source = new Random(3)
const x = Matrix.from(
  Array.from({ length: 90 }, (_, i) => [
    4 * Number(i % 3 === 1) + source.normal(),
    4 * Number(i % 3 === 2) + source.normal(),
    ...Array.from({ length: 4 }, () => 2 * source.normal()),
  ]),
)
/** Each row with those three before and after it: of its own blob. */
const neighbours = Array.from({ length: 90 }, (_, i) => [i - 3, i + 3].filter((j) => j >= 0 && j < 90))
const graph = new Sparse(
  90,
  90,
  Uint32Array.from([0, ...neighbours.map((_, i) => neighbours.slice(0, i + 1).flat().length)]),
  Int32Array.from(neighbours.flat()),
  null,
).declareSymmetric()
const settings = {
  hidden: [8],
  latent: 1,
  pretrainEpochs: 2,
  pretrainRate: 1e-2,
  pretrainSchedule: 'plain' as const,
  corruption: 0,
  batch: 30,
  clusters: 3,
  restarts: 3,
  metric: 'as trained' as const,
}
const weightsOf = ({ autoencoder }: Pick<Chosen, 'autoencoder'>): Float32Array[] =>
  listParams(autoencoder).map(({ matrix }) => matrix.data.slice())
const choose = (starts: number, rng: Random, by: Sparse | null = graph): Chosen =>
  runSync(startingAutoencoder(x, { ...settings, starts }, { rng }, by))

test('one start is the pre-training itself; of several the most modular is kept, with its own generator', () => {
  const alone = runSync(pretrain(x, settings, { rng: new Random(9) }))
  const one = choose(1, new Random(9))
  expect(weightsOf(one)).toEqual(weightsOf({ autoencoder: alone }))
  expect(one.modularities).toEqual([])

  const { modularities, rng, ...several } = choose(6, new Random(9))
  expect(modularities.length).toBe(6)
  expect(new Set(modularities).size).toBeGreaterThan(1)
  const best = modularities.indexOf(Math.max(...modularities))
  const own = best === 0 ? new Random(9) : new Random(9).stream('start', best)
  expect(weightsOf(several)).toEqual(weightsOf({ autoencoder: runSync(pretrain(x, settings, { rng: own })) }))
  expect(rng.uint32()).toBe(own.uint32())
})

test('several are refused where there is no graph to choose by', () => {
  expect(() => choose(2, new Random(9), null)).toThrow(/starts 2.*a graph/su)
  expect(choose(1, new Random(9), null).modularities).toEqual([])
})

test('what was trained before is found again, each start under its own name', () => {
  const kept = new Map<string, readonly Float32Array[]>()
  const pretrained = {
    find: (name: string) => kept.get(name),
    keep: (name: string, weights: readonly Float32Array[]) => void kept.set(name, weights),
  }
  const again = (): Chosen =>
    runSync(startingAutoencoder(x, { ...settings, starts: 3 }, { rng: new Random(9), pretrained }, graph))
  const first = again()
  expect(kept.size).toBe(3)
  const second = again()
  expect(kept.size).toBe(3)
  expect(second.modularities).toEqual(first.modularities)
  expect(weightsOf(second)).toEqual(weightsOf(first))
})

test('within turns the code by its own clusters, and changes nothing that it decodes to', () => {
  const wide = { ...settings, latent: 2, starts: 1, pretrainEpochs: 20 }
  const plain = runSync(startingAutoencoder(x, wide, { rng: new Random(9) }, null))
  const within = runSync(startingAutoencoder(x, { ...wide, metric: 'within' }, { rng: new Random(9) }, null))
  expect(weightsOf(within)).not.toEqual(weightsOf(plain))
  const [before, after] = [plain, within].map(({ autoencoder: { encoder, decoder } }) =>
    stack(decoder, stack(encoder, x)),
  )
  after.data.forEach((value, at) => expect(value).toBeCloseTo(before.data[at], 3))
  expect(within.rng.uint32()).toBe(plain.rng.uint32())
})
