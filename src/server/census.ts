/** The census of the store, taken again when there is something new, and never so often that it is most of what the server does. */
import type { Census } from '../workspace/store/census.ts'
import type { Store } from '../workspace/store/store.ts'

/** A census is good for this many times as long as it took … */
const WORTH = 20
/** … and for at least so many milliseconds. */
const LEAST = 1000
/** Erasures raise no number: whatever was counted is counted again after this. */
const MOST = 60_000

export class CensusTaker {
  readonly #store: Store
  readonly #now: () => number
  #last: {
    readonly census: Census
    readonly upTo: number
    readonly at: number
    readonly took: number
  } | null = null
  #taking: Promise<Census> | null = null

  constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** Calls at the same time share one. */
  async get(): Promise<Census> {
    const last = this.#last
    if (last) {
      const age = this.#now() - last.at
      if (age < Math.max(LEAST, WORTH * last.took)) return last.census
      if (age < MOST && (await this.#store.events.last()) === last.upTo) return last.census
    }
    this.#taking ??= this.#take().finally(() => {
      this.#taking = null
    })
    return this.#taking
  }

  async #take(): Promise<Census> {
    const at = this.#now()
    const upTo = await this.#store.events.last()
    const census = await this.#store.census(upTo)
    this.#last = { census, upTo, at: this.#now(), took: this.#now() - at }
    return census
  }
}
