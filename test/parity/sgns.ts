/** Parity of skip-gram with negative sampling. */
import { heap } from '../../src/kernels/heap.ts'
import { CaseList } from './case-list.ts'
import type { Body } from './case-list.ts'

const list = new CaseList()
export const sgns = list

interface Shape {
  readonly nodes: number
  readonly d: number
  readonly lengths: readonly number[]
  readonly window: number
  readonly negatives: number
  readonly subsample?: boolean
  readonly deterministic?: boolean
}

/** An alias table by hand: cell i keeps i for a share that differs by cell, else the node two further on. */
function noiseOf(nodes: number): Uint32Array {
  const noise = heap.u32(2 * nodes)
  for (let i = 0; i < nodes; i++) {
    noise[2 * i] = ((i * 7919) % 11) * 390451572
    noise[2 * i + 1] = (i + 2) % nodes
  }
  return noise
}

function trained(shape: Shape, shared: boolean): Body {
  return (kernels, make) => {
    const { nodes, d, lengths } = shape
    const offsets = heap.u32(lengths.length + 1)
    lengths.forEach((length, s) => (offsets[s + 1] = offsets[s] + length))
    const tokens = make.index(offsets[lengths.length], nodes)
    const [input, output] = [make.floats(nodes * d), make.floats(nodes * d)]
    const scale = 1 / Math.sqrt(Math.max(d, 1))
    kernels.affine(scale, 0, input, input)
    const keep = shape.subsample ? heap.u32(nodes).map((_, i) => ((i % 4) + 1) * 0x3fffffff) : null
    const stats = heap.f32(2 * lengths.length)
    kernels.sgns(tokens, offsets, input, output, d, noiseOf(nodes), keep && heap.place(keep), stats, {
      window: shape.window,
      negatives: shape.negatives,
      shared,
      deterministic: shape.deterministic ?? false,
      seed: -5,
      first: 12,
      rate: 0.05,
      rateEnd: 0.01,
    })
    return [input, output, stats]
  }
}

const sizes: Shape[] = [
  { nodes: 1, d: 3, lengths: [5], window: 2, negatives: 2 },
  { nodes: 9, d: 1, lengths: [0, 1, 2, 0, 7], window: 3, negatives: 1 },
  { nodes: 40, d: 16, lengths: [30, 1, 12], window: 5, negatives: 5 },
  { nodes: 40, d: 17, lengths: [0, 0, 44, 3], window: 10, negatives: 5, subsample: true },
  { nodes: 300, d: 128, lengths: [40, 40, 40], window: 10, negatives: 5 },
  { nodes: 300, d: 100, lengths: [40, 9, 40], window: 4, negatives: 0 },
  { nodes: 50, d: 33, lengths: [60], window: 6, negatives: 11 },
  { nodes: 500, d: 20, lengths: [50, 20], window: 6, negatives: 63, subsample: true },
  { nodes: 500, d: 7, lengths: [200], window: 90, negatives: 3 },
  { nodes: 50, d: 2, lengths: [5, 9000], window: 2, negatives: 1, subsample: true },
]
for (const shape of sizes) {
  for (const shared of [false, true]) {
    const { nodes, d, lengths, window, negatives } = shape
    list.add(
      `sgns ${nodes}×${d}, sentences of ${lengths.join(' ')}, window ${window}, ${negatives} ${shared ? 'shared' : 'fresh'} negatives`,
      trained(shape, shared),
      1e-4,
      2e-5,
    )
  }
}
const many = Array.from({ length: 300 }, (_, s) => (s * 7) % 60)
for (const shared of [false, true]) {
  const name = shared ? 'shared' : 'fresh'
  const shape = { nodes: 2000, d: 36, lengths: many, window: 5, negatives: 5, deterministic: true }
  list.big(`deterministic sgns, ${name} negatives`, trained(shape, shared))
}
