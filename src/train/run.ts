/**
 * Long work is a generator: each `yield` reports progress and is a point where it can be cancelled. {@link run} drives one
 * without blocking the event loop; {@link runSync} drives one to its end at once.
 */
import { fail } from '../errors.ts'
import { heap, Region } from '../kernels/heap.ts'

export { runSync } from '../steps.ts'

export interface Progress {
  /** What is being done: `read`, `train`, `evaluate` … */
  readonly phase: string
  readonly done: number
  readonly of: number
  /** What `done` and `of` count: `epochs`, `users` … */
  readonly unit: string
  /** The training loss so far, where there is one. */
  readonly loss?: number
  /** A remark worth a line of its own, such as a validation score. */
  readonly note?: string
  /** What it takes to go on from here later. The arrays are live: copy or write them before the job goes on. */
  readonly snapshot?: Snapshot
}

/** The whole state of a training between two epochs. */
export interface Snapshot {
  readonly epoch: number
  readonly numbers: Readonly<Record<string, number>>
  readonly arrays: Readonly<Record<string, Float32Array>>
}

export type Job<T> = Generator<Progress, T, void>

export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Called with each snapshot; the job waits for it. */
  readonly onSnapshot?: ((snapshot: Snapshot) => Promise<void>) | undefined
}

/** Milliseconds of work between two visits to the event loop. */
const SLICE = 50

/** Runs a job in slices. Rejects with CANCELLED, after the job's own clean-up, when the signal fires. */
export async function run<T>(job: Job<T>, options: RunOptions = {}): Promise<T> {
  const region = heap.region
  let rested = performance.now()
  for (;;) {
    if (options.signal?.aborted) {
      heap.within(region, () => job.return(undefined as never))
      throw fail('CANCELLED', { what: 'the job' }, { cause: options.signal.reason })
    }
    const step = heap.within(region, () => job.next())
    if (step.done) return step.value
    options.onProgress?.(step.value)
    if (step.value.snapshot) await options.onSnapshot?.(step.value.snapshot)
    if (performance.now() - rested > SLICE) {
      await new Promise((resolve) => setImmediate(resolve))
      rested = performance.now()
    }
  }
}

/**
 * Runs a job whose heap memory is given back when it ends, fails or is cancelled. What must stay is put on the heap by `keep`,
 * which runs with the enclosing region open.
 */
export function* inRegion<T, K>(job: Job<T>, keep: (result: T) => K): Job<K> {
  const outer = heap.region
  const region = new Region()
  try {
    for (;;) {
      const step = heap.within(region, () => job.next())
      if (step.done) return heap.within(outer, () => keep(step.value))
      yield step.value
    }
  } finally {
    heap.within(region, () => job.return(undefined as never))
    heap.close(region)
  }
}

/** The same job, each of its phases told under a name: `index items: cluster`. */
export function* named<T>(name: string, job: Job<T>): Job<T> {
  try {
    for (;;) {
      const step = job.next()
      if (step.done) return step.value
      yield { ...step.value, phase: `${name}: ${step.value.phase}` }
    }
  } finally {
    job.return(undefined as never)
  }
}

/** A clock for yields: answers true when `milliseconds` have passed since it last did. Has no effect on results. */
export function pace(milliseconds = 80): () => boolean {
  let last = performance.now()
  return () => {
    const now = performance.now()
    if (now - last < milliseconds) return false
    last = now
    return true
  }
}
