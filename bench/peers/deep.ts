/** Our side of `npm run bench -- deep`: the real trainings, with the same questions and answers as deep.py. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { kernels } from '../../src/kernels/index.ts'
import { resolveConfig } from '../../src/models/method.ts'
import { sdcn } from '../../src/models/cluster/sdcn.ts'
import { pretrain } from '../../src/nn/training/pretraining.ts'
import { Random } from '../../src/random.ts'
import { Matrix } from '../../src/tensor/matrix.ts'
import { Sparse } from '../../src/tensor/sparse.ts'
import type { Job } from '../../src/train/run.ts'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const config = JSON.parse(String((await lines.next()).value))
const rng = new Random(1)
const endless = 1_000_000

/** A job and what one of its epochs has of steps. */
function pretraining(): { job: Job<unknown>; perEpoch: number } {
  const { rows, columns, hidden, latent, batch } = config
  const x = Matrix.zeros(rows, columns)
  kernels().uniform(1, x.data)
  const settings = {
    hidden,
    latent,
    batch,
    pretrainEpochs: endless,
    pretrainRate: 1e-3,
    pretrainSchedule: 'plain',
    corruption: 0,
  } as const
  return { job: pretrain(x, settings, { rng }), perEpoch: Math.ceil(rows / batch) }
}

function dual(): { job: Job<unknown>; perEpoch: number } {
  const { path, rows, columns, clusters, hidden, latent } = config
  const bytes = readFileSync(path)
  const raw = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  const stored = raw[0]
  const rest = (raw.length - 1 - 2 * stored) / 2
  const at = 1 + 2 * stored
  const features = csr(rows, columns, raw.subarray(1, 1 + stored), raw.subarray(1 + stored, at))
  const [from, to] = [raw.subarray(at, at + rest), raw.subarray(at + rest)]
  const keep = [...from.keys()].filter((e) => from[e] !== to[e])
  const graph = csr(
    rows,
    rows,
    Int32Array.from(keep, (e) => from[e]),
    Int32Array.from(keep, (e) => to[e]),
  )
  const settings = {
    clusters,
    hidden,
    latent,
    pretrainEpochs: 0,
    epochs: endless,
    restarts: 1,
    keep: 'last',
    runs: 1,
  }
  const input = { features: features.placed(), graph: graph.placed().declareSymmetric() }
  const job = sdcn.fit(input, resolveConfig(sdcn, settings), { rng, resume: null })
  return { job, perEpoch: 1 }
}

/** Entries are sorted by row and column. */
function csr(rows: number, cols: number, row: Int32Array, column: Int32Array): Sparse {
  const indptr = new Uint32Array(rows + 1)
  for (const r of row) indptr[r + 1]++
  for (let r = 0; r < rows; r++) indptr[r + 1] += indptr[r]
  return new Sparse(rows, cols, indptr, Int32Array.from(column), null)
}

const { job, perEpoch } = config.what === 'pretrain' ? pretraining() : dual()
let done = 0
console.log(JSON.stringify({ version: `${kernels().backend} ${kernels().isa}` }))
for await (const line of lines) {
  const from = done
  const [start, used] = [performance.now(), process.cpuUsage()]
  while ((done - from) * perEpoch < Number(line)) {
    const step = job.next()
    if (!step.done && (step.value.phase === 'train' || step.value.phase === 'pretrain'))
      done = step.value.done
  }
  // It stops at a report of progress, which may come some steps late.
  const share = Number(line) / ((done - from) * perEpoch)
  const { user, system } = process.cpuUsage(used)
  const seconds = ((performance.now() - start) / 1000) * share
  const cpu = ((user + system) / 1e6) * share
  console.log(JSON.stringify({ seconds, cpu, peak: process.resourceUsage().maxRSS / 1024 }))
}
