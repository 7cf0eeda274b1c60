/**
 * One LightGCN step at the paper's settings, here and in PyTorch on the CPU, in one run: rounds of steps take turns, and the
 * medians are compared. An epoch is interactions / batch steps. Uses ../shared/data/gowalla if it is there, else a generated
 * graph of about that size.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kernels } from '../src/kernels/index.ts'
import { lightGCN } from '../src/models/recommend/lightgcn.ts'
import { resolveConfig } from '../src/models/method.ts'
import { Random } from '../src/random.ts'
import type { Sparse } from '../src/tensor/sparse.ts'
import { gowallaLike } from './support/graphs.ts'
import { startPeer } from './support/peer.ts'
import { median } from './support/measure.ts'

const ROUNDS = 5
const OURS = 20
const THEIRS = { coo: 2, csr: 8 }

export async function lightgcn(): Promise<void> {
  const { name, interactions } = await gowallaLike()
  const threads = kernels().threads
  const { dim, layers, batch, rate, l2 } = resolveConfig(lightGCN, {}, 'paper')
  const steps = Math.ceil(interactions.nnz / batch)
  console.log(`LightGCN at the paper's settings: batch ${batch}, d ${dim}, K ${layers}`)
  console.log(
    `${name}: ${interactions.rows} users, ${interactions.cols} items, ${interactions.nnz} interactions, ${steps} steps an epoch`,
  )
  console.log(`kernels: ${kernels().backend} ${kernels().isa}, ${threads} threads\n`)

  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const path = join(folder, 'pairs.i32')
    writeFileSync(path, pairsOf(interactions))
    const peer = await startPeer('lightgcn.py', {
      users: interactions.rows,
      items: interactions.cols,
      path,
      dim,
      layers,
      batch,
      rate,
      l2,
      threads,
    })
    const seconds: Record<string, number[]> = { homophily: [], coo: [], csr: [] }
    const ours = stepper(interactions, steps)
    ours(3)
    for (let round = 0; round < ROUNDS; round++) {
      seconds['homophily'].push(ours(OURS))
      for (const variant of ['coo', 'csr'] as const) {
        if (peer)
          seconds[variant].push(
            ((await peer.ask(`${variant} ${THEIRS[variant]}`))['seconds'] as number) / THEIRS[variant],
          )
      }
    }
    peer?.stop()
    const own = median(seconds['homophily'])
    const labels = {
      homophily: 'homophily',
      coo: `PyTorch ${peer?.version ?? ''}, COO`,
      csr: `PyTorch ${peer?.version ?? ''}, CSR`,
    }
    console.log('                              ms/step   s/epoch   times ours')
    for (const [key, label] of Object.entries(labels)) {
      const values = seconds[key]
      if (values.length === 0) continue
      const m = median(values)
      console.log(
        `${label.padEnd(28)} ${(1000 * m).toFixed(1).padStart(8)} ${(steps * m).toFixed(1).padStart(9)} ${(m / own).toFixed(1).padStart(12)}`,
      )
    }
    if (!peer) console.log('PyTorch was not found (python3 with torch, or PYTHON=…): no ratios.')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A function that runs at least n more steps of the real training and answers the seconds per step. */
function stepper(interactions: Sparse, stepsPerEpoch: number): (n: number) => number {
  const config = resolveConfig(lightGCN, { epochs: 1000 }, 'paper')
  const job = lightGCN.fit(interactions.placed(), config, {
    rng: new Random(1),
    validate: null,
    resume: null,
  })
  let done = 0
  return (n) => {
    const from = done
    const start = performance.now()
    while ((done - from) * stepsPerEpoch < n) {
      const step = job.next()
      if (!step.done) done = step.value.done
    }
    return (performance.now() - start) / 1000 / ((done - from) * stepsPerEpoch)
  }
}

function pairsOf(m: Sparse): Int32Array {
  const out = new Int32Array(2 * m.nnz)
  for (let u = 0; u < m.rows; u++) {
    for (let e = m.indptr[u]; e < m.indptr[u + 1]; e++) {
      out[2 * e] = u
      out[2 * e + 1] = m.indices[e]
    }
  }
  return out
}
