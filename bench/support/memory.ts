/**
 * Memory of a service, asked from outside: `probe` is loaded into its process by `--import`, collects garbage when it is told to (SIGUSR2)
 * and writes what is left to a file.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** MiB that a process keeps after its garbage was collected. */
export interface Memory {
  /** Resident, shared libraries and mapped files included. */
  readonly rss: number
  /** What the engine holds for objects of JavaScript, used or not … */
  readonly reserved: number
  /** … and what the objects take of it. */
  readonly heap: number
  /** Array buffers and what objects keep outside of the heap, the kernel heap included. */
  readonly external: number
}

/** Arguments of Node that put the probe, which writes to `file`, into a process. */
export function probing(file: string): { nodeArgs: string[]; env: Record<string, string> } {
  const probe = fileURLToPath(new URL('memory-probe.ts', import.meta.url))
  return { nodeArgs: ['--expose-gc', '--import', probe], env: { HOMOPHILY_BENCH_PROBE: file } }
}

/** Asks the process, which was started with {@link probing} of the same file. */
export async function memoryOf(pid: number, file: string): Promise<Memory> {
  rmSync(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  while (!existsSync(file)) await sleep(20)
  return JSON.parse(readFileSync(file, 'utf8')) as Memory
}

/** A rise per step and its 95 % interval. */
export interface Slope {
  readonly rise: number
  readonly margin: number
}

/** Student's t at 97.5 % for 1, 2, … degrees of freedom. */
const T = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11,
]

/** Least squares through values at equal steps. */
export function slopeOf(values: readonly number[]): Slope {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const middle = (values.length - 1) / 2
  let [along, squares] = [0, 0]
  values.forEach((value, at) => {
    along += (at - middle) * (value - mean)
    squares += (at - middle) ** 2
  })
  const rise = along / squares
  const rest = values.reduce((sum, value, at) => sum + (value - mean - rise * (at - middle)) ** 2, 0)
  const freedom = values.length - 2
  return { rise, margin: (T[freedom - 1] ?? 2) * Math.sqrt(rest / freedom / squares) }
}
