/**
 * Skip-gram with negative sampling on DeepWalk walks of BlogCatalog, here and in gensim, in one run: the same walks, d = 128,
 * window 10, 5 negatives, two threads. Rounds of one pass take turns, and the medians of words per second are compared; then each
 * trains longer, and its vectors are asked which held-out edges exist and which labels the nodes have.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evaluateLinks } from '../src/evaluate/link-prediction.ts'
import { splitEdges } from '../src/evaluate/link-split.ts'
import { evaluateClassification } from '../src/evaluate/node-classification.ts'
import { heap } from '../src/kernels/heap.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { runSync } from '../src/train/run.ts'
import { readBlogcatalog, walksOf } from './support/blogcatalog.ts'
import { median } from './support/measure.ts'
import { startPeer } from './support/peer.ts'

const ROUNDS = 5
const LENGTH = 40
const SETTINGS = { dim: 128, window: 10, negatives: 5, rate: 0.025, finalRate: 0.0001 }
/** Walks per node: of a round, and of the training whose quality is measured. */
const WALKS = { speed: 2, quality: 80 }
const EPOCHS = 1

interface Side {
  readonly label: string
  readonly script: string
  readonly backend?: 'native' | 'wasm'
  readonly settings: Readonly<Record<string, unknown>>
  /** Whether its vectors are looked at: what a backend does with fresh negatives or deterministically, both do alike. */
  readonly quality: boolean
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
    quality: backend === 'native' || name === 'shared',
  })),
)
const gensim: Side = { label: 'gensim', script: 'gensim_word2vec.py', settings: {}, quality: true }
const sides = [...ours, gensim]

export async function skipGram(): Promise<void> {
  const threads = Number(process.env['HOMOPHILY_THREADS'] ?? 2)
  const { graph, labels } = readBlogcatalog()
  const nodes = graph.adjacency.rows
  const split = splitEdges(graph, { share: 0.2, keep: 'any', rng: new Random(1) })
  console.log(`BlogCatalog: ${nodes} nodes, ${split.edges} edges; walks of ${LENGTH}`)
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const speedWalks = walkFiles(folder, 'speed', walksOf(graph, WALKS.speed, LENGTH, new Random(2)))
    const wordsPerSecond = await measureSpeed(speedWalks, nodes, threads)
    const peer = wordsPerSecond.get(gensim)
    console.log(`\nOne pass, ${WALKS.speed} walks a node, ${threads} threads   1,000 words/s   times gensim`)
    for (const side of sides) {
      const rate = wordsPerSecond.get(side)
      if (rate === undefined) continue
      const ratio = peer === undefined ? '' : (rate / peer).toFixed(2)
      console.log(side.label.padEnd(38), (rate / 1000).toFixed(0).padStart(14), ratio.padStart(14))
    }
    if (peer === undefined)
      console.log('gensim was not found (PYTHON=… names an interpreter that has it): no ratios.')

    console.log(`\nQuality: ${WALKS.quality} walks a node, ${EPOCHS} epochs`)
    console.log(
      `${' '.repeat(30)} AUC of ${split.test.from.length} held-out edges      F1, half the nodes labelled, 10 splits`,
    )
    console.log(`${' '.repeat(30)} dot     cosine  Hadamard        micro   macro`)
    const whole = walkFiles(folder, 'whole', walksOf(graph, WALKS.quality, LENGTH, new Random(3)))
    const part = walkFiles(folder, 'part', walksOf(split.train, WALKS.quality, LENGTH, new Random(4)))
    for (const side of sides.filter(({ quality }) => quality)) {
      const links = await trained(side, part, nodes, threads, folder)
      if (!links) continue
      const linkScores = runSync(evaluateLinks(links, split, { features: ['hadamard'], rng: new Random(5) }))
      const auc = new Map(linkScores.scores.map(({ score, measures }) => [score, measures['auc']]))
      const vectors = (await trained(side, whole, nodes, threads, folder))!
      const { shares } = runSync(
        evaluateClassification(vectors, labels, { shares: [0.5], rng: new Random(6) }),
      )
      const row = ['dot', 'cosine', 'hadamard'].map((score) => (auc.get(score) ?? NaN).toFixed(4).padEnd(7))
      const f1 = [shares[0].microF1, shares[0].macroF1].map(({ mean }) => mean.toFixed(4).padEnd(7))
      console.log(side.label.padEnd(30), ...row, ' '.repeat(7), ...f1)
    }
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
    for (const side of sides) {
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

/** The vectors of a side trained on all the walks; null where the peer is missing. */
async function trained(
  side: Side,
  walks: WalkFiles,
  nodes: number,
  threads: number,
  folder: string,
): Promise<Matrix | null> {
  const peer = await start(side, walks, nodes, threads)
  if (!peer) return null
  const save = join(folder, 'vectors.f32')
  await peer.ask(JSON.stringify({ ...side.settings, epochs: EPOCHS, seed: 1, save }))
  peer.stop()
  const bytes = readFileSync(save)
  const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  return new Matrix(nodes, SETTINGS.dim, heap.copy(data))
}
