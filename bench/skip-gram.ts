/**
 * Speed of skip-gram with negative sampling on DeepWalk walks of BlogCatalog, here and in gensim, in one run: the same walks, d = 128,
 * window 10, 5 negatives, two threads. Rounds of one pass take turns, and the medians of words per second are compared. What the
 * vectors are worth is compared by skip-gram-quality.ts.
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
    const rates = new Map<Side, number[]>()
    for (let round = 0; round <= ROUNDS; round++) {
      for (const side of sides) {
        const peer = await startSide(side, walks, nodes, threads)
        if (!peer) continue
        const { seconds, tokens } = await peer.ask(
          JSON.stringify({ ...side.settings, epochs: 1, seed: round + 1, save: null }),
        )
        peer.stop()
        // The first round only wakes the machine up.
        if (round > 0) rates.set(side, [...(rates.get(side) ?? []), (tokens as number) / (seconds as number)])
      }
    }
    const theirs = rates.get(gensim)
    console.log(`\nOne pass, ${WALKS} walks a node, ${threads} threads   1,000 words/s   times gensim`)
    for (const [side, all] of rates) {
      const rate = median(all)
      const ratio = theirs === undefined ? '' : (rate / median(theirs)).toFixed(2)
      console.log(side.label.padEnd(38), (rate / 1000).toFixed(0).padStart(14), ratio.padStart(14))
    }
    if (!theirs) console.log('gensim was not found (PYTHON=… names an interpreter that has it): no ratios.')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
