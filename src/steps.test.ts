import { expect, test } from 'vitest'
import { heap, Region } from './kernels/heap.ts'
import { runBeside, runSync } from './steps.ts'
import { Sparse } from './tensor/sparse.ts'
import { Vocabulary } from './data/vocabulary.ts'

function count<T>(steps: Generator<unknown, T, void>): { steps: number; value: T } {
  for (let n = 0; ; n++) {
    const step = steps.next()
    if (step.done) return { steps: n, value: step.value }
  }
}

test('other work has its turn between the steps of a long one', async () => {
  let turns = 0
  let going = true
  const turn = (): void => {
    turns++
    if (going) setImmediate(turn)
  }
  setImmediate(turn)
  function* long() {
    const seen: number[] = []
    for (let n = 0; n < 5; n++) {
      // As long as a slice, by its own clock.
      for (const from = performance.now(); performance.now() - from < 10;);
      seen.push(turns)
      yield
    }
    return seen
  }
  const seen = await runBeside(long())
  going = false
  expect(new Set(seen).size).toBe(5)
  expect(runSync(long())).toEqual(Array(5).fill(turns))
})

test('what a large model consists of is made in many steps, and is the same as at once', () => {
  const ids = Array.from({ length: 10_000 }, (_, n) => `i${n}`)
  const numbered = count(Vocabulary.numbering(ids))
  expect(numbered.steps).toBeGreaterThanOrEqual(4)
  expect(numbered.value.ids()).toEqual(ids)

  const [rows, cols] = [1000, 700]
  const indptr = Uint32Array.from({ length: rows + 1 }, (_, r) => r * cols)
  const full = () =>
    new Sparse(
      rows,
      cols,
      indptr,
      Int32Array.from({ length: rows * cols }, (_, e) => e % cols),
      null,
    )
  const turned = count(full().transposing())
  expect(turned.steps).toBeGreaterThanOrEqual(4)
  expect(turned.value).toEqual(full().transposed)

  const region = new Region()
  const array = Float32Array.from({ length: 3 * 2 ** 20 + 5 }, (_, n) => n)
  const copied = count(heap.copying(array, region))
  expect(copied.steps).toBe(13)
  expect(copied.value.buffer).toBe(heap.memory.buffer)
  expect(copied.value).toEqual(heap.copy(array))
  heap.close(region)
})

test('an error in a step is an error of the work', async () => {
  function* failing() {
    yield
    throw new Error('no')
  }
  await expect(runBeside(failing())).rejects.toThrow('no')
})
