/**
 * Skip-gram with negative sampling on DeepWalk walks of BlogCatalog, here and in gensim, in one run: the same walks, d = 128,
 * window 10, 5 negatives, two threads. Rounds of one pass take turns, and the medians of words per second are compared; then each
 * trains longer, and its vectors are asked which held-out edges exist.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { heldOutAuc, type HeldOutPairs } from '../src/nn/held-out.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { blogcatalogEdges, graphOf, holdOut, walksOf } from './support/blogcatalog.ts'
import { median } from './support/measure.ts'
import { startPeer } from './support/peer.ts'

const ROUNDS = 5
const LENGTH = 40
const SETTINGS = { dim: 128, window: 10, negatives: 5, rate: 0.025, finalRate: 0.0001 }
/** Walks per node: of a round, and of the training whose quality is measured. */
const WALKS = { speed: 2, quality: 10 }
const EPOCHS = 2

interface Side {
  readonly label: string
  readonly script: string
  readonly backend?: 'native' | 'wasm'
  readonly settings: Readonly<Record<string, unknown>>
}

const ours: Side[] = (['native', 'wasm'] as const).flatMap((backend) =>
  [
    { name: 'shared', settings: { sharing: 'window', deterministic: false } },
    { name: 'fresh', settings: { sharing: 'none', deterministic: false } },
    { name: 'shared, deterministic', settings: { sharing: 'window', deterministic: true } },
  ].map(({ name, settings }) => ({
    label: `${backend}, ${name}`,
    script: 'skip-gram.ts',
    backend,
    settings,
  })),
)
const gensim: Side = { label: 'gensim', script: 'gensim_word2vec.py', settings: {} }

export async function skipGram(): Promise<void> {
  const threads = Number(process.env['HOMOPHILY_THREADS'] ?? 2)
  const edges = blogcatalogEdges()
  const { train, heldOut } = holdOut(edges, 0.1, new Random(1))
  const graph = graphOf(train)
  console.log(
    `BlogCatalog: ${edges.nodes} nodes, ${train.from.length} edges, ${heldOut.from.length} more held out`,
  )
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const speed = walkFiles(folder, 'speed', walksOf(graph, WALKS.speed, LENGTH, new Random(2)))
    const quality = walkFiles(folder, 'quality', walksOf(graph, WALKS.quality, LENGTH, new Random(3)))
    const wordsPerSecond = await measureSpeed(speed, edges.nodes, threads)
    const aucs = await measureQuality(quality, edges.nodes, threads, heldOut, folder)
    const peer = wordsPerSecond.get(gensim)
    console.log(`\n${threads} threads`.padEnd(32), '1,000 words/s   times gensim   AUC held-out edges')
    for (const side of [...ours, gensim]) {
      const rate = wordsPerSecond.get(side)
      if (rate === undefined) continue
      const ratio = peer === undefined ? '' : (rate / peer).toFixed(2)
      console.log(
        side.label.padEnd(31),
        (rate / 1000).toFixed(0).padStart(13),
        ratio.padStart(14),
        aucs.get(side)!.toFixed(4).padStart(20),
      )
    }
    if (peer === undefined)
      console.log('gensim was not found (PYTHON=… names an interpreter that has it): no ratios.')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface WalkFiles {
  readonly text: string
  readonly raw: string
}

function walkFiles(folder: string, name: string, tokens: Int32Array): WalkFiles {
  const files = { text: join(folder, `${name}.txt`), raw: join(folder, `${name}.i32`) }
  writeFileSync(files.raw, tokens)
  const lines: string[] = []
  for (let at = 0; at < tokens.length; at += LENGTH) lines.push(tokens.subarray(at, at + LENGTH).join(' '))
  writeFileSync(files.text, `${lines.join('\n')}\n`)
  return files
}

async function start(side: Side, walks: WalkFiles, nodes: number, threads: number) {
  const file = side.backend ? walks.raw : walks.text
  const environment = { HOMOPHILY_THREADS: String(threads), HOMOPHILY_BACKEND: side.backend ?? '' }
  return await startPeer(
    side.script,
    { ...SETTINGS, walks: file, nodes, length: LENGTH, threads },
    environment,
  )
}

async function measureSpeed(walks: WalkFiles, nodes: number, threads: number): Promise<Map<Side, number>> {
  const rates = new Map<Side, number[]>()
  for (let round = 0; round <= ROUNDS; round++) {
    for (const side of [...ours, gensim]) {
      const peer = await start(side, walks, nodes, threads)
      if (!peer) continue
      const { seconds, tokens } = await peer.ask(
        JSON.stringify({ ...side.settings, epochs: 1, seed: round + 1, save: null }),
      )
      peer.stop()
      // The first round only wakes the machine up.
      if (round > 0) rates.set(side, [...(rates.get(side) ?? []), (tokens as number) / (seconds as number)])
    }
  }
  return new Map([...rates].map(([side, values]) => [side, median(values)]))
}

async function measureQuality(
  walks: WalkFiles,
  nodes: number,
  threads: number,
  heldOut: HeldOutPairs,
  folder: string,
): Promise<Map<Side, number>> {
  const aucs = new Map<Side, number>()
  for (const side of [...ours, gensim]) {
    const peer = await start(side, walks, nodes, threads)
    if (!peer) continue
    const save = join(folder, 'vectors.f32')
    await peer.ask(JSON.stringify({ ...side.settings, epochs: EPOCHS, seed: 1, save }))
    peer.stop()
    const bytes = readFileSync(save)
    const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
    const vectors = new Matrix(nodes, SETTINGS.dim, data)
    aucs.set(side, heldOutAuc(heldOut, vectors, vectors))
  }
  return aucs
}
