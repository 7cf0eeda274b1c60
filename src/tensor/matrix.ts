/**
 * A dense row-major float32 matrix on the kernel heap. `Rows` and `Cols` name its axes for the type checker only: a
 * `Matrix<'user', 'latent'>` cannot be multiplied with a `Matrix<'feature', 'hidden'>`.
 *
 * A matrix made inside `heap.scope` (a training step) must not be used after it.
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import type { Tape } from './tape.ts'

export class Matrix<Rows extends string = string, Cols extends string = string> {
  /** Phantom: the names of the axes. */
  declare readonly axes?: readonly [Rows, Cols]
  readonly rows: number
  readonly cols: number
  /** rows × cols numbers, row by row. */
  readonly data: Float32Array
  /** The tape that records operations on this matrix, inside `valueAndGrad`. @internal */
  readonly tape: Tape | null
  /** Gradient of the loss with respect to this matrix, filled in by the tape. @internal */
  grad: Float32Array | null = null

  constructor(rows: number, cols: number, data: Float32Array, tape: Tape | null = null) {
    if (data.length !== rows * cols) {
      throw fail('SHAPE', {
        op: 'Matrix',
        expected: `${rows} × ${cols} = ${rows * cols} numbers`,
        got: String(data.length),
      })
    }
    this.rows = rows
    this.cols = cols
    this.data = data
    this.tape = tape
  }

  static zeros<R extends string, C extends string>(rows: number, cols: number): Matrix<R, C> {
    return new Matrix<R, C>(rows, cols, heap.f32(rows * cols))
  }

  /** From nested arrays: `Matrix.from([[1, 2], [3, 4]])`. */
  static from<R extends string, C extends string>(values: readonly (readonly number[])[]): Matrix<R, C> {
    const cols = values[0]?.length ?? 0
    const out = Matrix.zeros<R, C>(values.length, cols)
    values.forEach((row, i) => {
      if (row.length !== cols) {
        throw fail('SHAPE', {
          op: 'Matrix.from',
          expected: `${cols} numbers in row ${i}`,
          got: String(row.length),
        })
      }
      out.data.set(row, i * cols)
    })
    return out
  }

  /** The value of a 1 × 1 matrix. */
  item(): number {
    if (this.data.length !== 1) {
      throw fail('SHAPE', { op: 'item', expected: 'a 1 × 1 matrix', got: shapeOf(this) })
    }
    return this.data[0]
  }

  /** Row r (a view). */
  row(r: number): Float32Array {
    return this.data.subarray(r * this.cols, (r + 1) * this.cols)
  }
}

export function shapeOf(m: { readonly rows: number; readonly cols: number }): string {
  return `${m.rows} × ${m.cols}`
}

/** Throws unless a and b have the same shape. @internal */
export function sameShape(op: string, a: Matrix, b: Matrix): void {
  if (a.rows !== b.rows || a.cols !== b.cols)
    throw fail('SHAPE', { op, expected: shapeOf(a), got: shapeOf(b) })
}
