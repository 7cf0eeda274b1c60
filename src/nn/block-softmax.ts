/**
 * Sampled softmax over many pairs, with negatives shared within blocks of pairs:
 *   loss = Σ_p w_p · −ln (e^{s(u_p, i_p)} / (e^{s(u_p, i_p)} + c Σ_{j ∈ N(block of p)} e^{s(u_p, j)})) / Σ_p w_p,  s(u, i) = z_u · z_i / temperature.
 * One op rather than a composition: with the loss at hand, its gradient costs two more products per block.
 */
import { heap } from '../kernels/heap.ts'
import { kernels, zeros } from '../kernels/index.ts'
import type { Matrix } from '../tensor/matrix.ts'
import { gradientOf, output } from '../tensor/tape.ts'

export interface SoftmaxPairs {
  /** Rows of z, on the kernel heap. */
  readonly users: Int32Array
  readonly items: Int32Array
  /** Weight of each pair. */
  readonly weights: Float32Array
  /** Rows of z: `count` negatives for each block of `block` pairs, block by block, on the kernel heap. */
  readonly negatives: Int32Array
  readonly block: number
  readonly count: number
  /** c, how many items a negative stands for. */
  readonly each: number
}

/** z: nodes × dim → 1 × 1. */
export function blockSoftmaxLoss(z: Matrix, pairs: SoftmaxPairs, temperature: number): Matrix {
  const gradient = z.tape ? zeros(z.data.length) : null
  const out = output(1, 1, [z], (g) => kernels().axpy(g[0], gradient!, gradientOf(z)!))
  const mass = pairs.weights.reduce((sum, w) => sum + w, 0)
  let loss = 0
  for (let at = 0, block = 0; at < pairs.users.length; at += pairs.block, block++) {
    const to = Math.min(at + pairs.block, pairs.users.length)
    const negatives = pairs.negatives.subarray(block * pairs.count, (block + 1) * pairs.count)
    const part = {
      users: pairs.users.subarray(at, to),
      items: pairs.items.subarray(at, to),
      weights: pairs.weights.subarray(at, to),
      each: pairs.each,
    }
    loss += heap.scope(() => blockLoss(z, part, negatives, temperature, mass, gradient))
  }
  out.data[0] = loss / mass
  return out
}

function blockLoss(
  z: Matrix,
  pairs: Pick<SoftmaxPairs, 'users' | 'items' | 'weights' | 'each'>,
  negatives: Int32Array,
  temperature: number,
  mass: number,
  gradient: Float32Array | null,
): number {
  const backend = kernels()
  const [rows, count, d] = [pairs.users.length, negatives.length, z.cols]
  const pick = (index: Int32Array): Float32Array => {
    const x = heap.scratchF32(index.length * d)
    backend.gatherRows(z.data, d, index, x)
    return x
  }
  const u = pick(pairs.users)
  const i = pick(pairs.items)
  const n = pick(negatives)
  const logits = heap.scratchF32(rows * count)
  backend.gemm(false, true, rows, count, d, 1 / temperature, u, d, n, d, 0, logits, count)
  const others = heap.scratchF32(rows)
  backend.rowReduce('logSumExp', logits, rows, count, others)
  const own = heap.scratchF32(rows)
  backend.rowDot(u, i, rows, d, own)
  // share = probability mass of the negatives = σ(others + ln c − own/temperature); scaled to d loss / d (z·z).
  const share = heap.scratchF32(rows)
  let loss = 0
  for (let p = 0; p < rows; p++) {
    const gap = others[p] + Math.log(pairs.each) - own[p] / temperature
    const w = pairs.weights[p]
    loss += w * (gap > 0 ? gap + Math.log1p(Math.exp(-gap)) : Math.log1p(Math.exp(gap)))
    share[p] = w / ((1 + Math.exp(-gap)) * temperature * mass)
  }
  if (!gradient) return loss
  backend.rowSoftmax(logits, rows, count, logits)
  backend.scaleRows(logits, share, rows, count, 0, logits)
  const gn = heap.scratchF32(count * d)
  backend.gemm(true, false, count, d, rows, 1, logits, count, u, d, 0, gn, d)
  backend.scatterAddRows(gn, d, negatives, gradient)
  // gu = Σ_j (…) n_j − share · i;  gi = −share · u
  backend.affine(-1, 0, share, share)
  const gu = heap.scratchF32(rows * d)
  backend.gemm(false, false, rows, d, count, 1, logits, count, n, d, 0, gu, d)
  backend.scaleRows(i, share, rows, d, 1, gu)
  backend.scatterAddRows(gu, d, pairs.users, gradient)
  backend.scaleRows(u, share, rows, d, 0, i)
  backend.scatterAddRows(i, d, pairs.items, gradient)
  return loss
}
