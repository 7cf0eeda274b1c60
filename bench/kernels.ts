/**
 * Kernels on both backends: GFLOP/s or GB/s, the share of what the machine can do (measured here: fused multiply-adds in
 * registers, and a copy), and the ratio to PyTorch where Python has it. Rounds take turns; each figure is the median over turns
 * of the fastest round in a turn. The last share is by processor time, so that other work on the machine hardly moves it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { heap } from '../src/kernels/heap.ts'
import { loadKernels } from '../src/kernels/index.ts'
import { measurePeak, type Peak } from '../src/kernels/native.ts'
import type { Kernels } from '../src/kernels/types.ts'
import { measureWasmPeak } from '../src/kernels/wasm-peak.ts'
import { Random } from '../src/random.ts'
import { median, timed } from './support/measure.ts'
import { startPeer, type Peer } from './support/peer.ts'

const TURNS = 5
const ROUNDS = 5

interface Case {
  readonly name: string
  readonly title: string
  /** Floating-point operations (compute-bound) or bytes moved (memory-bound). */
  readonly flops?: number
  readonly bytes?: number
  run(backend: Kernels): void
}

export async function kernelsBench(): Promise<void> {
  const threads = availableParallelism()
  const { cases, graph } = prepare()
  const backends = available(threads)
  const peaks = new Map(backends.map((b) => [b.backend, peakOf(b, threads)]))
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const path = join(folder, 'graph.i32')
    writeFileSync(path, graph)
    const peer = await startPeer('kernels.py', { threads, graph: path })
    for (const b of backends) {
      const { gflops, copyGBs } = peaks.get(b.backend)!
      console.log(
        `${b.backend} ${b.isa}, ${threads} threads: peak ${gflops.toFixed(0)} GFLOP/s, copy ${copyGBs.toFixed(1)} GB/s`,
      )
    }
    console.log(
      peer
        ? `peer: PyTorch ${peer.version}\n`
        : 'PyTorch was not found (python3 with torch, or PYTHON=…): no ratios.\n',
    )
    console.log(
      'kernel                                backend        ms      rate            of peak   processor   PyTorch / ours',
    )
    for (const c of cases) await measure(c, backends, peaks, peer)
    peer?.stop()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measure(
  c: Case,
  backends: readonly Kernels[],
  peaks: ReadonlyMap<string, Peak>,
  peer: Peer | null,
): Promise<void> {
  const times = new Map<string, number[]>()
  const note = (who: string, value: number): void => void times.set(who, [...(times.get(who) ?? []), value])
  const processor = (who: string): string => `${who}, processor time`
  for (let turn = 0; turn < TURNS; turn++) {
    for (const b of backends) {
      const rounds = Array.from({ length: ROUNDS }, () => timed(() => c.run(b)))
      note(b.backend, Math.min(...rounds.map((round) => round.seconds)))
      note(processor(b.backend), Math.min(...rounds.map((round) => round.processorSeconds)))
    }
    if (peer) note('peer', Number((await peer.ask(`${c.name} ${ROUNDS}`))['seconds']))
  }
  for (const b of backends) {
    const time = median(times.get(b.backend)!)
    const { gflops, copyGBs, processorGflops } = peaks.get(b.backend)!
    const byProcessor = c.flops && c.flops / median(times.get(processor(b.backend))!) / 1e9 / processorGflops
    const rate = (c.flops ?? c.bytes!) / time / 1e9
    const share = rate / (c.flops ? gflops : copyGBs)
    const ratio = peer ? (median(times.get('peer')!) / time).toFixed(1) : '–'
    console.log(
      `${c.title.padEnd(37)} ${b.backend.padEnd(8)} ${(1000 * time).toFixed(2).padStart(8)} ${rate.toFixed(1).padStart(9)} ` +
        `${(c.flops ? 'GFLOP/s' : 'GB/s').padEnd(8)} ${share.toFixed(2).padStart(8)} ${(byProcessor?.toFixed(2) ?? '–').padStart(11)} ${ratio.padStart(16)}`,
    )
  }
}

function available(threads: number): Kernels[] {
  const out: Kernels[] = []
  try {
    out.push(loadKernels('native', threads))
  } catch (error) {
    console.log(`native kernels left out: ${(error as Error).message}`)
  }
  return [...out, loadKernels('wasm', threads)]
}

function peakOf(b: Kernels, threads: number): Peak {
  if (b.backend === 'wasm') return measureWasmPeak(threads)
  return heap.scope(() => measurePeak(threads, heap.f32(2 ** 25), heap.f32(2 ** 25)))
}

function prepare(): { cases: Case[]; graph: Int32Array } {
  const rng = new Random(1)
  const random = (n: number): Float32Array => {
    const x = heap.scratchF32(n)
    for (let i = 0; i < n; i++) x[i] = rng.float() - 0.5
    return x
  }
  const [rows, nnz, d] = [70_000, 1_000_000, 64]
  const columns = Int32Array.from({ length: nnz }, () => Math.floor(rows * rng.float() ** 2))
  const offsets = Uint32Array.from({ length: rows + 1 }, (_, r) => Math.floor((r * nnz) / rows))
  for (let r = 0; r < rows; r++) columns.subarray(offsets[r], offsets[r + 1]).sort()
  const [indptr, indices] = [heap.place(offsets), heap.place(columns)]
  const ones = heap.scratchF32(nnz).fill(1)
  const [x, y] = [random(rows * d), heap.scratchF32(rows * d)]
  const [a, b, c] = [random(4096 * 500), random(500 * 500), heap.scratchF32(4096 * 500)]
  const many = 10_000_000
  const [p, g, m, v] = [random(many), random(many), heap.f32(many), heap.f32(many)]
  const [users, items, scores] = [random(1024 * d), random(40_000 * d), heap.scratchF32(1024 * 40_000)]
  const [top, best] = [heap.i32(1024 * 20), heap.scratchF32(1024 * 20)]
  const adam = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, decay: 0, step: 10 }
  const cases: Case[] = [
    {
      name: 'gemm',
      title: 'gemm 4096×500 · 500×500',
      flops: 2 * 4096 * 500 * 500,
      run: (k) => k.gemm(false, false, 4096, 500, 500, 1, a, 500, b, 500, 0, c, 500),
    },
    {
      name: 'spmm',
      title: 'spmm 1M non-zeros, d=64',
      bytes: nnz * (8 + 4 * d) + 4 * rows * d,
      run: (k) => k.spmm(indptr, indices, ones, x, d, 1, 0, y, null, null),
    },
    {
      name: 'adam',
      title: 'Adam, 10M parameters',
      bytes: many * 4 * 7,
      run: (k) => k.adam(p, g, m, v, adam),
    },
    {
      name: 'topk',
      title: 'top-20 of 1024×40k scores, d=64',
      flops: 2 * 1024 * 40_000 * d,
      run(k) {
        k.gemm(false, true, 1024, 40_000, d, 1, users, d, items, d, 0, scores, 40_000)
        k.topK(scores, 1024, 40_000, 20, null, null, null, top, best)
      },
    },
    {
      name: 'softplus',
      title: 'softplus, 10M numbers',
      bytes: many * 8,
      run: (k) => k.unary('softplus', p, g, 0),
    },
  ]
  return { cases, graph: Int32Array.from([rows, nnz, ...offsets, ...columns]) }
}
