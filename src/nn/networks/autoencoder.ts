/** Autoencoders: x̂ = decode(encode(x)), both stacks of fully connected layers, max(·, 0) within, linear code and output. */
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { matmul } from '../../tensor/linear.ts'
import { Matrix } from '../../tensor/matrix.ts'
import type { Job } from '../../train/run.ts'
import { createStack, type Dense, stack } from '../layers/dense.ts'
import { sliceRows } from '../rows.ts'
import type { Features } from '../../tensor/features.ts'

export type Autoencoder = { readonly encoder: readonly Dense[]; readonly decoder: readonly Dense[] }

/** sizes: features, hidden …, latent; the decoder mirrors them. */
export function createAutoencoder(sizes: readonly number[], rng: Random): Autoencoder {
  return {
    encoder: createStack(sizes, rng.stream('encoder')),
    decoder: createStack(sizes.toReversed(), rng.stream('decoder')),
  }
}

/**
 * Turns the code by an invertible map and back: encode becomes z·map, decode(z·map) what decode(z) was. In place, on the two layers
 * around the code, which are linear there.
 */
export function turnCode({ encoder, decoder }: Autoencoder, map: Float32Array, inverse: Float32Array): void {
  const { weight, bias } = encoder[encoder.length - 1]
  const first = decoder[0].weight
  heap.scope(() => {
    const [there, back] = [map, inverse].map((m) => new Matrix(weight.cols, weight.cols, heap.place(m)))
    for (const part of [weight, bias]) part.data.set(matmul(part, there).data)
    first.data.set(matmul(back, first).data)
  })
}

/** Rows that a pass over all rows takes at a time. */
const BLOCK = 2048

/** Fills `out` (n × width) with what `encode` makes of the rows of x, a block at a time. */
export function* encodeAll(x: Features, encode: (block: Features) => Matrix, out: Matrix): Job<void> {
  for (let from = 0; from < x.rows; from += BLOCK) {
    const to = Math.min(x.rows, from + BLOCK)
    heap.scope(() => out.data.set(encode(sliceRows(x, from, to)).data, from * out.cols))
    yield { phase: 'encode', done: to, of: x.rows, unit: 'rows' }
  }
}

/** The codes of all rows: n × latent, in the open region. */
export function* encodeRows(x: Features, encoder: readonly Dense[]): Job<Matrix<'node', 'latent'>> {
  const z = Matrix.zeros<'node', 'latent'>(x.rows, encoder[encoder.length - 1].weight.cols)
  yield* encodeAll(x, (block) => stack(encoder, block), z)
  return z
}
