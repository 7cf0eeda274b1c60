/** What every fitted model is made of, whatever its family. */

/** A named array with its shape, row-major. */
export interface StateTensor {
  readonly data: Float32Array | Int32Array | Uint32Array
  readonly shape: readonly number[]
}

/** Where a model came from. */
export interface ModelOrigin {
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
  readonly seed: number
}
