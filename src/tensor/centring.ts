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
  const copy = heap.scratchF32(n * d)
  const minus = mean.map((m) => -m)
  kernels().addToRows(x.data, heap.place(minus), n, d, copy)
  return { x: new Matrix(n, d, copy), shift: mean }
}
