/** What the machine can do at most with 128-bit vectors, as the mark for the benchmarks: fused multiply-adds in registers, and a copy. */
import { jobArguments, run, threadScratch } from './pool'
import { madd, splat } from './math'

/** Multiply-adds (4 floats each) of one chunk. */
const PEAK_STEPS: i32 = 1 << 20
const COPY_CHUNK: usize = 1 << 18

// @ts-ignore: decorator
@unmanaged
class Job {
  from: usize
  to: usize
  bytes: usize
}

export function peakMultiplyAdd(chunks: i32): void {
  run(multiplyAddChunk.index, chunks)
}

function multiplyAddChunk(chunk: i32): void {
  // Loaded, since V8 would build a constant anew at each use.
  const own = threadScratch()
  store<f32>(own, 0.999)
  store<f32>(own, <f32>chunk, 4)
  const a = v128.load32_splat(own)
  const b = v128.load32_splat(own, 4)
  let s0 = splat(0),
    s1 = splat(1),
    s2 = splat(2),
    s3 = splat(3),
    s4 = splat(4),
    s5 = splat(5)
  let s6 = splat(6),
    s7 = splat(7),
    s8 = splat(8),
    s9 = splat(9),
    s10 = splat(10),
    s11 = splat(11)
  // Twelve chains hide the latency of four or five cycles on two units, and with a and b they still fit in registers.
  for (let i = 0; i < PEAK_STEPS; i += 12) {
    s0 = madd(s0, a, b)
    s1 = madd(s1, a, b)
    s2 = madd(s2, a, b)
    s3 = madd(s3, a, b)
    s4 = madd(s4, a, b)
    s5 = madd(s5, a, b)
    s6 = madd(s6, a, b)
    s7 = madd(s7, a, b)
    s8 = madd(s8, a, b)
    s9 = madd(s9, a, b)
    s10 = madd(s10, a, b)
    s11 = madd(s11, a, b)
  }
  s0 = f32x4.add(
    f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)),
    f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7)),
  )
  v128.store(own, f32x4.add(s0, f32x4.add(f32x4.add(s8, s9), f32x4.add(s10, s11))))
}

export function peakCopy(from: usize, to: usize, bytes: usize): void {
  const job = changetype<Job>(jobArguments())
  job.from = from
  job.to = to
  job.bytes = bytes
  run(copyChunk.index, <i32>((bytes + COPY_CHUNK - 1) / COPY_CHUNK))
}

function copyChunk(chunk: i32): void {
  const job = changetype<Job>(jobArguments())
  const from = job.from
  const to = job.to
  const end = min((<usize>chunk + 1) * COPY_CHUNK, job.bytes)
  for (let i = <usize>chunk * COPY_CHUNK; i < end; i += 64) {
    v128.store(to + i, v128.load(from + i))
    v128.store(to + i, v128.load(from + i, 16), 16)
    v128.store(to + i, v128.load(from + i, 32), 32)
    v128.store(to + i, v128.load(from + i, 48), 48)
  }
}
