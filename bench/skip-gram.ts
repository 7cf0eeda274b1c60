/**
 * Speed of skip-gram with negative sampling on DeepWalk walks of BlogCatalog, here and in gensim, in one run: the same walks, d = 128,
 * window 10, 5 negatives, two threads. Rounds of one pass take turns, and the medians of words per second are compared, by the clock and
 * by processor time (for machines that others use). What the vectors are worth is compared by skip-gram-quality.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../src/random.ts'
import { readLabelled } from './support/labelled-graphs.ts'
import { median } from './support/measure.ts'
import { gensim, LENGTH, type Side, sides, startSide, walkFiles } from './support/skip-gram-sides.ts'

const ROUNDS = 5
/** Walks per node. */
const WALKS = 2

export async function skipGram(): Promise<void> {
  const threads = Number(process.env['HOMOPHILY_THREADS'] ?? 2)
  const { graph } = await readLabelled('blogcatalog')
  const nodes = graph.adjacency.rows
  console.log(`BlogCatalog: ${nodes} nodes; walks of ${LENGTH}`)
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const walks = walkFiles(folder, 'speed', graph, WALKS, new Random(2))
    const rates = new Map<Side, { clock: number; cpu: number }[]>()
    for (let round = 0; round <= ROUNDS; round++) {
      for (const side of sides) {
        const peer = await startSide(side, walks, nodes, threads)
        if (!peer) continue
        const { seconds, cpu, tokens } = (await peer.ask(
          JSON.stringify({ ...side.settings, epochs: 1, seed: round + 1, save: null }),
        )) as Readonly<Record<'seconds' | 'cpu' | 'tokens', number>>
        peer.stop()
        // The first round only wakes the machine up.
        if (round === 0) continue
        rates.set(side, [...(rates.get(side) ?? []), { clock: tokens / seconds, cpu: tokens / cpu }])
      }
    }
    const theirs = rates.get(gensim)
    console.log(
      `\nOne pass, ${WALKS} walks a node, ${threads} threads; 1,000 words a second, and times gensim`,
    )
    console.log(`${''.padEnd(32)}${'by the clock'.padStart(20)}${'by processor time'.padStart(24)}`)
    for (const [side, all] of rates) {
      const cells = (['clock', 'cpu'] as const).map((by) => {
        const rate = median(all.map((one) => one[by]))
        const ratio = theirs ? (rate / median(theirs.map((one) => one[by]))).toFixed(2) : ''
        return `${(rate / 1000).toFixed(0).padStart(12)}${ratio.padStart(8)}`
      })
      console.log(`${side.label.padEnd(32)}${cells[0]}${cells[1].padStart(24)}`)
    }
    if (!theirs) console.log('gensim was not found (PYTHON=… names an interpreter that has it): no ratios.')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
