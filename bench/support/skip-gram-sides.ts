/** The sides that are compared in skip-gram: ours on each backend, and gensim; each trains in a process of its own on the same walks. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Graph } from '../../src/graph/graph.ts'
import { createWalker } from '../../src/graph/walks/walker.ts'
import type { Random } from '../../src/random.ts'
import { type Peer, startPeer } from './peer.ts'

export const LENGTH = 40
export const SETTINGS = { dim: 128, window: 10, negatives: 5, rate: 0.025, finalRate: 0.0001 }

export interface Side {
  readonly label: string
  readonly script: string
  readonly backend?: 'native' | 'wasm'
  readonly settings: Readonly<Record<string, unknown>>
  /** Whether its vectors are looked at: both backends do alike with fresh negatives, and deterministically what one thread does. */
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
    quality: name === 'shared' || (name === 'fresh' && backend === 'native'),
  })),
)
export const gensim: Side = { label: 'gensim', script: 'gensim_word2vec.py', settings: {}, quality: true }
export const sides = [...ours, gensim]

/** The same walks as text, which gensim reads, and as raw int32, which we do. */
export interface WalkFiles {
  readonly text: string
  readonly raw: string
}

/** Walks of {@link LENGTH} nodes from every node. One from a node without edges is that node again and again. */
export function walkFiles(folder: string, name: string, graph: Graph, walks: number, rng: Random): WalkFiles {
  const walker = createWalker(graph, { walks, length: LENGTH, start: 'every' })
  const tokens = new Int32Array(walker.tokens)
  let at = 0
  for (const batch of walker.sentences(rng, 1)) {
    for (let s = 0; s + 1 < batch.offsets.length; s++) {
      const walk = batch.tokens.subarray(batch.offsets[s], batch.offsets[s + 1])
      for (let i = 0; i < LENGTH; i++) tokens[at++] = walk[i % walk.length]
    }
  }
  const files = { text: join(folder, `${name}.txt`), raw: join(folder, `${name}.i32`) }
  writeFileSync(files.raw, tokens)
  const lines: string[] = []
  for (let at = 0; at < tokens.length; at += LENGTH) lines.push(tokens.subarray(at, at + LENGTH).join(' '))
  writeFileSync(files.text, `${lines.join('\n')}\n`)
  return files
}

/** Null where Python has no gensim. */
export function startSide(
  side: Side,
  walks: WalkFiles,
  nodes: number,
  threads: number,
): Promise<Peer | null> {
  const file = side.backend ? walks.raw : walks.text
  const environment = { HOMOPHILY_THREADS: String(threads), HOMOPHILY_BACKEND: side.backend ?? '' }
  return startPeer(side.script, { ...SETTINGS, walks: file, nodes, length: LENGTH, threads }, environment)
}
