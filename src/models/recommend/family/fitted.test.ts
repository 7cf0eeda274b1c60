import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { interactionsFrom } from '../../../data/interactions.ts'
import { heap } from '../../../kernels/heap.ts'
import { FittedRecommender } from './fitted.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
const interactions = interactionsFrom([
  { user: 'a', item: 'x' },
  { user: 'b', item: 'y' },
])
const origin = { method: 'popularity', config: {}, seed: 1 }
const fitted = (): FittedRecommender =>
  new FittedRecommender(origin, interactions, {
    kind: 'item-scores',
    tensors: { scores: { data: new Float32Array([1, 2]), shape: [2] } },
  })

/** Collects garbage until `done` or for a while. */
async function collect(done: () => boolean): Promise<void> {
  for (let round = 0; round < 20 && !done(); round++) {
    gc()
    await setTimeout(5)
  }
}

test('dispose gives the memory back at once and refuses later use', () => {
  const before = heap.bytesInUse
  const model = fitted()
  expect(heap.bytesInUse).toBeGreaterThan(before)
  model.dispose()
  model.dispose()
  expect(heap.bytesInUse).toBe(before)
  expect(() => model.recommend('a')).toThrow('this model was disposed. Load or train it again.')
})

test('a forgotten model gives its memory back, but not while its scorer or an array is in use', async () => {
  const before = heap.bytesInUse
  let scorer: unknown = fitted().scorer
  await collect(() => false)
  expect(heap.bytesInUse).toBeGreaterThan(before)
  expect(scorer).toBeDefined()
  scorer = undefined
  let array: Float32Array | undefined = fitted().state.tensors['scores'].data as Float32Array
  await collect(() => false)
  expect([...array]).toEqual([1, 2])
  array = undefined
  await collect(() => heap.bytesInUse === before)
  expect(heap.bytesInUse).toBe(before)
})
