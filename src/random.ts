/**
 * Seeded random numbers. A {@link Random} is a seed plus a path of names; `rng.stream('batch', epoch)` gives an independent
 * generator for that name, whatever was drawn elsewhere. Streams belong to work (an epoch, a chunk), never to a thread, so
 * results do not depend on how many threads there are.
 *
 * The generator is xoshiro128** (Blackman & Vigna 2018, https://arxiv.org/abs/1805.01407), seeded through splitmix32.
 */
export class Random {
  readonly #key: number
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number) {
    this.#key = seed | 0
    let x = seed | 0
    const next = (): number => {
      x = (x + 0x9e3779b9) | 0
      return mix(x)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() | 1
  }

  /** The independent generator named by `path` under this one. Does not advance this generator. */
  stream(...path: readonly (string | number)[]): Random {
    let key = this.#key
    for (const part of path) {
      const text = typeof part === 'number' ? `#${part}` : part
      for (let i = 0; i < text.length; i++) key = mix((mix(key) ^ text.charCodeAt(i)) + 0x9e3779b9)
      key = mix(key ^ 0x5bd1e995 ^ text.length)
    }
    return new Random(key)
  }

  /** A 32-bit unsigned integer. */
  uint32(): number {
    const b5 = Math.imul(this.#b, 5)
    const result = Math.imul((b5 << 7) | (b5 >>> 25), 9)
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result >>> 0
  }

  /** Uniform in [0, 1) with 53 bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992
  }

  /** A uniform integer in [0, n), n ≤ 2³² (unbiased: Lemire's multiply-and-reject on 32 bits). */
  int(n: number): number {
    if (n <= 0x10000) {
      // 32-bit product fits in a double exactly: no rejection loop is needed beyond the biased tail.
      const threshold = (4294967296 - n) % n
      for (;;) {
        const product = this.uint32() * n
        const low = product % 4294967296
        if (low >= threshold) return (product - low) / 4294967296
      }
    }
    const limit = 4294967296 - (4294967296 % n)
    for (;;) {
      const x = this.uint32()
      if (x < limit) return x % n
    }
  }

  /** A standard normal number (Box–Muller, one of the pair). */
  normal(): number {
    const u = 1 - this.float()
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.float())
  }

  /** Shuffles `array` in place (Fisher–Yates). */
  shuffle<T extends Int32Array | Uint32Array | unknown[]>(array: T): T {
    const a = array as unknown[]
    for (let i = a.length - 1; i > 0; i--) {
      const j = this.int(i + 1)
      const t = a[i]
      a[i] = a[j]
      a[j] = t
    }
    return array
  }
}

/** A 32-bit finaliser with good avalanche (Ellis' lowbias32 constants): a bijection of 32-bit integers. */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return x ^ (x >>> 15)
}
