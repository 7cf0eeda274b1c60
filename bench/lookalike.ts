/**
 * `npm run bench -- lookalike`: audiences of 100,000 users with vectors of 64 numbers, 1,000 seeds, a curve over 5 folds. The peer is the
 * same cosines in plain loops, on a tenth of the users and counted ten times: of each user with the mean of the seeds and with every
 * seed, once; the curve takes six of each.
 */
import { lookalike } from '../src/audience/lookalike/lookalike.ts'
import { type LookalikeMethod, lookalikeMethods } from '../src/audience/lookalike/methods.ts'
import type { Space } from '../src/audience/space.ts'
import { Vocabulary } from '../src/data/vocabulary.ts'
import { kernels } from '../src/kernels/index.ts'
import { Random } from '../src/random.ts'

const USERS = 100_000
const DIM = 64
const SEEDS = 1000
const KINDS = 50

export async function lookalikeBench(): Promise<void> {
  const space = users(new Random(1))
  const seeds = Int32Array.from({ length: SEEDS }, (_, i) => i * KINDS)
  const activity = new Float32Array(USERS).fill(1)
  const { backend, isa, threads } = kernels()
  console.log(`${USERS} × ${DIM}, ${SEEDS} seeds, 5 folds; ${backend} ${isa}, ${threads} threads`)
  const loops = { centroid: plain(space, seeds.subarray(0, 1)), 'max-similarity': plain(space, seeds) }
  console.log('method           wall ms   CPU ms   longest step   plain loops, one set of seeds')
  for (const method of Object.keys(lookalikeMethods) as LookalikeMethod[]) {
    const options = { size: 'balanced', suppressed: new Int32Array(), activity, curve: true } as const
    const job = lookalike(space, seeds, { method, ...options, rng: new Random(1) })
    const started = performance.now()
    const before = process.cpuUsage()
    let longest = 0
    for (let last = started, done = false; !done;) {
      done = job.next().done ?? false
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
    const { user, system } = process.cpuUsage(before)
    const peer = method === 'classifier' ? 'none' : `${loops[method].toFixed(0)} ms`
    const numbers = [performance.now() - started, (user + system) / 1000, longest]
    console.log(method.padEnd(14), ...numbers.map((ms) => ms.toFixed(0).padStart(9)), '  ', peer)
  }
}

/** Users of fifty kinds, one after the other. */
function users(rng: Random): Space {
  const kinds = Array.from({ length: KINDS }, () => Float32Array.from({ length: DIM }, () => rng.normal()))
  const data = Float32Array.from(
    { length: USERS * DIM },
    (_, e) => 0.5 * kinds[Math.floor(e / DIM) % KINDS][e % DIM] + rng.normal(),
  )
  const ids = Vocabulary.from(Array.from({ length: USERS }, (_, row) => `u${row}`))
  return { name: 'bench', version: 1, of: 'user', ids, dim: DIM, data }
}

/** Milliseconds for the greatest product of each user with any of some rows, from a tenth of the users. */
function plain({ data }: Space, rows: Int32Array): number {
  const started = performance.now()
  const best = new Float32Array(USERS / 10).fill(-Infinity)
  for (let user = 0; user < best.length; user++) {
    for (const row of rows) {
      let sum = 0
      for (let j = 0; j < DIM; j++) sum += data[user * DIM + j] * data[row * DIM + j]
      if (sum > best[user]) best[user] = sum
    }
  }
  return 10 * (performance.now() - started)
}
