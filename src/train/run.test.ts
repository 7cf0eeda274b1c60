import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { inRegion, type Job, named, run, runSync } from './run.ts'

function* counting(n: number, cleaned?: () => void): Job<number> {
  try {
    for (let done = 1; done <= n; done++) yield { phase: 'count', done, of: n, unit: 'numbers' }
    return n
  } finally {
    cleaned?.()
  }
}

test('run reports every step and answers the result', async () => {
  const seen: number[] = []
  expect(await run(counting(3), { onProgress: (p) => seen.push(p.done) })).toBe(3)
  expect(seen).toEqual([1, 2, 3])
  expect(runSync(counting(5))).toBe(5)
})

test('a signal stops it, after its clean-up, with CANCELLED', async () => {
  const abort = new AbortController()
  let cleaned = false
  const job = run(
    counting(1e9, () => (cleaned = true)),
    { signal: abort.signal },
  )
  setTimeout(() => abort.abort(), 60)
  await expect(job).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(cleaned).toBe(true)
})

test('a job waits for its snapshots to be kept', async () => {
  const log: string[] = []
  function* job(): Job<void> {
    yield { phase: 'x', done: 1, of: 1, unit: 'steps', snapshot: { epoch: 1, numbers: {}, arrays: {} } }
    log.push('went on')
  }
  await run(job(), {
    onSnapshot: async () => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      log.push('kept')
    },
  })
  expect(log).toEqual(['kept', 'went on'])
})

test('inRegion gives memory back at the end, on an error and on cancellation, and keeps what is kept', () => {
  const before = heap.bytesInUse
  function* job(fails: boolean): Job<Float32Array> {
    const scratch = heap.f32(1000).fill(3)
    yield { phase: 'x', done: 0, of: 1, unit: 'steps' }
    heap.f32(500)
    if (fails) throw new Error('broken')
    return scratch
  }
  heap.scope(() => {
    const kept = runSync(inRegion(job(false), (x) => heap.copy(x)))
    expect(kept[999]).toBe(3)
    expect(heap.bytesInUse - before).toBeLessThan(5000)
  })
  expect(() => runSync(inRegion(job(true), (x) => x))).toThrow('broken')
  const half = inRegion(job(false), (x) => x)
  half.next()
  half.return(undefined as never)
  expect(heap.bytesInUse).toBe(before)
})

test('a named job tells its phases under the name, answers the same and is cleaned up when it is cancelled', () => {
  const job = named('run 2 of 5', counting(2))
  expect(job.next().value).toMatchObject({ phase: 'run 2 of 5: count', done: 1, of: 2 })
  job.next()
  expect(job.next()).toEqual({ value: 2, done: true })

  let cleaned = false
  const stopped = named(
    'x',
    counting(5, () => (cleaned = true)),
  )
  stopped.next()
  stopped.return(0)
  expect(cleaned).toBe(true)
})

test('two jobs that take turns keep their memory apart', () => {
  const before = heap.bytesInUse
  function* job(): Job<boolean> {
    const mine = heap.f32(256).fill(1)
    yield { phase: 'x', done: 0, of: 2, unit: 'steps' }
    const more = heap.f32(256).fill(2)
    yield { phase: 'x', done: 1, of: 2, unit: 'steps' }
    return mine.every((v) => v === 1) && more.every((v) => v === 2)
  }
  const [a, b] = [inRegion(job(), (x) => x), inRegion(job(), (x) => x)]
  a.next()
  b.next()
  a.next()
  expect(a.next()).toEqual({ done: true, value: true })
  b.next()
  expect(b.next()).toEqual({ done: true, value: true })
  expect(heap.bytesInUse).toBe(before)
})
