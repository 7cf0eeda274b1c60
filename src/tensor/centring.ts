/** Moving the origin to the mean where distances would drown in it. */
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { type Features } from './features.ts'
import { Matrix } from './matrix.ts'
import { Sparse } from './sparse.ts'

/** A squared mean this many times the variance costs distances in float32 more than a digit or two. */
const FAR = 16

/**
 * Dense rows whose mean is far from the origin (such as dates as numbers) as a copy about their mean, and that mean; others, and
 * sparse rows, as they are. Distances do not depend on the origin; their float32 rounding does.
 */
export function centred(x: Features): { x: Features; shift: Float32Array | null } {
  if (x instanceof Sparse) return { x, shift: null }
  const [n, d] = [x.rows, x.cols]
  const mean = heap.scratchF32(d)
  kernels().columnSum(x.data, n, d, 0, mean)
  kernels().affine(1 / n, 0, mean, mean)
  let offset = 0
  for (const m of mean) offset += m * m
  const squares = heap.scope(() => {
    const rows = heap.scratchF32(n)
    kernels().rowReduce('sumSquares', x.data, n, d, rows)
    return kernels().sum(rows) / n
  })
  if (offset <= FAR * Math.max(0, squares - offset)) return { x, shift: null }
  return { x: about(x, mean), shift: mean }
}

/** Rows x − origin, in the open region; null: x itself. Sparse rows have no other origin. */
export function about<X extends Features>(x: X, origin: Float32Array | null): X
export function about(x: Features, origin: Float32Array | null): Features {
  if (!origin || x instanceof Sparse) return x
  const copy = heap.scratchF32(x.rows * x.cols)
  const minus = heap.place(origin.map((value) => -value))
  kernels().addToRows(heap.place(x.data), minus, x.rows, x.cols, copy)
  return new Matrix(x.rows, x.cols, copy)
}
