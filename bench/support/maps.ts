/** Drawing a map, and measuring one, whoever drew it. */
import { heap } from '../../src/kernels/heap.ts'
import { type Neighbourhoods, neighbourhoods } from '../../src/metrics/neighbourhoods.ts'
import { umap, type UmapOptions } from '../../src/nn/projection/umap.ts'
import { Random } from '../../src/random.ts'
import type { Matrix } from '../../src/tensor/matrix.ts'
import { runSync } from '../../src/train/run.ts'

export const NEIGHBOURS = 15
export const MIN_DISTANCE = 0.1
/** Rows whose neighbourhoods are compared. */
const COMPARED = 2000

export interface Ran {
  readonly at: Float32Array
  readonly seconds: number
  /** Processor time of all threads: what a busy machine leaves comparable. */
  readonly cpu: number
}

export function draw(x: Matrix, more: Partial<UmapOptions> = {}): Ran {
  const [started, before] = [performance.now(), process.cpuUsage()]
  const options = { rng: new Random(1), neighbours: NEIGHBOURS, minDistance: MIN_DISTANCE, ...more }
  const at = heap.scope(() => runSync(umap(x, options)).slice())
  const { user, system } = process.cpuUsage(before)
  return { at, seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 }
}

export function measure(x: Matrix, at: Float32Array): Neighbourhoods {
  return heap.scope(() => {
    const job = neighbourhoods(x, at, { k: NEIGHBOURS, sample: COMPARED, rng: new Random(2) })
    let step = job.next()
    while (!step.done) step = job.next()
    return step.value
  })
}
