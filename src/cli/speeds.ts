/** How fast this machine is now, in multiply-adds per second: what a rough time is made of. */
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { Random } from '../random.ts'

const SIZE = 768
const ROWS = 20_000
const PER_ROW = 20
const DIM = 64
const LIMIT = 150

export interface Speeds {
  readonly dense: number
  readonly sparse: number
}

/** Times products of a dense matrix and of a sparse one with random entries; under half a second. */
export function measureSpeeds(): Speeds {
  const rng = new Random(1)
  return heap.scope(() => {
    const a = heap.f32(SIZE * SIZE).fill(0.5)
    const c = heap.f32(SIZE * SIZE)
    const dense = rate(SIZE ** 3, () =>
      kernels().gemm(false, false, SIZE, SIZE, SIZE, 1, a, SIZE, a, SIZE, 0, c, SIZE),
    )
    const indptr = heap.place(Uint32Array.from({ length: ROWS + 1 }, (_, r) => r * PER_ROW))
    const indices = heap.place(Int32Array.from({ length: ROWS * PER_ROW }, () => rng.int(ROWS)))
    const x = heap.f32(ROWS * DIM).fill(0.5)
    const y = heap.f32(ROWS * DIM)
    const sparse = rate(ROWS * PER_ROW * DIM, () =>
      kernels().spmm(indptr, indices, null, x, DIM, 1, 0, y, null, null),
    )
    return { dense, sparse }
  })
}

function rate(operations: number, work: () => void): number {
  work()
  const started = performance.now()
  let rounds = 0
  while (performance.now() - started < LIMIT) {
    work()
    rounds++
  }
  return (rounds * operations) / ((performance.now() - started) / 1000)
}
