/** Typed arrays that grow at their end. */
export class Growing<T extends Float32Array | Int32Array> {
  readonly #kind: new (length: number) => T
  #array: T
  #size = 0

  constructor(kind: new (length: number) => T) {
    this.#kind = kind
    this.#array = new kind(1024)
  }

  get size(): number {
    return this.#size
  }

  push(value: number): void {
    if (this.#size === this.#array.length) {
      const grown = new this.#kind(this.#size * 2)
      grown.set(this.#array)
      this.#array = grown
    }
    this.#array[this.#size++] = value
  }

  /** What is in it, a view. */
  values(): T {
    return this.#array.subarray(0, this.#size) as T
  }
}
