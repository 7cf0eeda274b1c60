/** Rows of features, dense or sparse. Sparse ones meet a first layer without ever being written out. */
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Features } from '../tensor/features.ts'
import { matmul, spmm } from '../tensor/linear.ts'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'

/** X·W: [n × d]·[d × m] → [n × m]. For a sparse X, also the gradient of W is a sparse product (Xᵀ·G). */
export function times(x: Features, w: Matrix): Matrix {
  return x instanceof Sparse ? spmm(x, w) : matmul(x, w)
}

/** X ready for training on all rows at once: a sparse one with its transpose, in the open region. */
export function withTranspose<X extends Features>(x: X): X {
  if (!(x instanceof Sparse)) return x
  void x.transposed
  return x.placed() as X
}

/** The rows `index` (on the kernel heap) of x, in that order, in the open region; sparse ones with their transpose. */
export function takeRows(x: Features, index: Int32Array): Features {
  if (x instanceof Sparse) return withTranspose(sparseRows(x, index))
  const out = new Matrix(index.length, x.cols, heap.scratchF32(index.length * x.cols))
  kernels().gatherRows(x.data, x.cols, index, out.data)
  return out
}

/** Rows from … to (exclusive) of x; dense ones are a view. */
export function sliceRows(x: Features, from: number, to: number): Features {
  if (!(x instanceof Sparse))
    return new Matrix(to - from, x.cols, x.data.subarray(from * x.cols, to * x.cols))
  const [start, end] = [x.indptr[from], x.indptr[to]]
  const indptr = heap.u32(to - from + 1)
  for (let r = from; r <= to; r++) indptr[r - from] = x.indptr[r] - start
  return new Sparse(
    to - from,
    x.cols,
    indptr,
    x.indices.subarray(start, end),
    x.values && x.values.subarray(start, end),
  )
}

function sparseRows(x: Sparse, index: Int32Array): Sparse {
  const indptr = heap.u32(index.length + 1)
  for (let j = 0; j < index.length; j++) indptr[j + 1] = indptr[j] + x.degree(index[j])
  const indices = heap.i32(indptr[index.length])
  const values = x.values && heap.scratchF32(indices.length)
  for (let j = 0; j < index.length; j++) {
    const [start, end] = [x.indptr[index[j]], x.indptr[index[j] + 1]]
    indices.set(x.indices.subarray(start, end), indptr[j])
    values?.set(x.values!.subarray(start, end), indptr[j])
  }
  return new Sparse(index.length, x.cols, indptr, indices, values)
}
