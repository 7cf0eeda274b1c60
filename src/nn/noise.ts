/** What skip-gram draws from, in the form its kernel reads: the noise distribution and the chances of subsampling. */
import { pairUp } from '../graph/alias.ts'
import { heap } from '../kernels/heap.ts'

const FULL = 0xffffffff

/**
 * The distribution count^power / Σ count^power as an alias table, two 32-bit numbers a node, on the kernel heap: cell i is
 * [threshold, other]. Each probability is right to 2⁻³², and a node with count 0 is never drawn.
 */
export function noiseTable(counts: ArrayLike<number>, power: number): Uint32Array {
  const n = counts.length
  const share = Float64Array.from(counts, (count) => (count > 0 ? count ** power : 0))
  const mean = share.reduce((sum, value) => sum + value, 0) / n
  for (let i = 0; i < n; i++) share[i] /= mean
  const other = new Int32Array(n)
  pairUp(share, other, n, new Int32Array(n))
  const table = heap.u32(2 * n)
  for (let i = 0; i < n; i++) {
    // A full cell answers itself also in the one case of 2³² that its threshold leaves out.
    const full = share[i] >= 1
    table[2 * i] = full ? FULL : Math.min(FULL, Math.round(share[i] * 2 ** 32))
    table[2 * i + 1] = full ? i : other[i]
  }
  return table
}

/**
 * For each node the greatest 32-bit number with which an occurrence is kept, on the kernel heap: a node of frequency f = count / Σ count
 * stays with chance √(t/f) + t/f, as in the word2vec program (Mikolov et al. 2013). Null where t is 0: all stay.
 */
export function keepThresholds(counts: ArrayLike<number>, t: number): Uint32Array | null {
  if (t === 0) return null
  let total = 0
  for (let i = 0; i < counts.length; i++) total += counts[i]
  const keep = heap.u32(counts.length)
  for (let i = 0; i < counts.length; i++) {
    const ratio = (t * total) / counts[i]
    const chance = counts[i] > 0 ? Math.min(1, Math.sqrt(ratio) + ratio) : 1
    keep[i] = Math.min(FULL, Math.round(chance * 2 ** 32))
  }
  return keep
}
