/** Work in steps: a generator whose yields are moments at which something else may happen. Long jobs with progress are in train/run.ts. */

export type Steps<T> = Generator<unknown, T, void>

/** Runs all steps at once. */
export function runSync<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Milliseconds of work between two visits to the event loop. */
const SLICE = 4

/** Runs the steps between other work of the event loop, such as answers to requests, which wait for a slice of some milliseconds at most. */
export async function runBeside<T>(steps: Steps<T>): Promise<T> {
  for (let rested = performance.now(); ;) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() - rested < SLICE) continue
    await new Promise((resolve) => setImmediate(resolve))
    rested = performance.now()
  }
}
