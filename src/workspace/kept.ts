/** The few things that were asked for last: each loaded once for all who ask meanwhile. What could not be loaded is tried again. */
export class Kept<T> {
  readonly #most: number
  /** The one used last at the end. */
  readonly #found = new Map<string, Promise<T>>()

  /** Keeps `most` of them. */
  constructor(most: number) {
    this.#most = most
  }

  /** What is known by this key, else what `load` answers. A key says all that the thing depends on. */
  get(key: string, load: () => Promise<T>): Promise<T> {
    const found = this.#found.get(key) ?? load()
    this.#found.delete(key)
    this.#found.set(key, found)
    for (const old of this.#found.keys()) if (this.#found.size > this.#most) this.#found.delete(old)
    found.catch(() => {
      if (this.#found.get(key) === found) this.#found.delete(key)
    })
    return found
  }
}
