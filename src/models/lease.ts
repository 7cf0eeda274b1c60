/** The kernel memory of a fitted model. */
import { heap, type Region } from '../kernels/heap.ts'

/**
 * Gives a region back when everything that reads it is garbage: a scorer or an array may outlive the model object, in a running
 * evaluation or save.
 */
export class Lease {
  readonly #region: Region
  #readers: number

  constructor(region: Region, readers: readonly object[]) {
    this.#region = region
    this.#readers = readers.length
    for (const reader of readers) leases.register(reader, this, this)
  }

  /** Gives the memory back now. Nothing may read it afterwards. */
  end(): void {
    leases.unregister(this)
    heap.close(this.#region)
  }

  /** @internal One of the readers is garbage. */
  release(): void {
    if (--this.#readers === 0) heap.close(this.#region)
  }
}

const leases = new FinalizationRegistry<Lease>((lease) => lease.release())
