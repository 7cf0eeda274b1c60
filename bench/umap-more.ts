/** Maps of many points, and of a version after the first. */
import { heap } from '../src/kernels/heap.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { draw, measure, type Ran } from './support/maps.ts'
import { roundedGroups } from './support/points.ts'

const LARGE = 100_000
const DIM = 64

/** Time, memory and quality of a large map. In a process of its own, so that the memory is its own. */
export async function umapLarge(): Promise<void> {
  const x = roundedGroups(LARGE, DIM, new Random(1))
  const { seconds, cpu, at } = draw(x)
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(
    `${LARGE} × ${DIM}: ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of processor time, peak ${peak.toFixed(0)} MiB; ${fit(x, at)}`,
  )
}

const ROWS = 3000

/** A map of rows that have changed a little: drawn anew, and going on from the map of what they were. */
export async function umapVersions(): Promise<void> {
  const x = roundedGroups(ROWS, 32, new Random(1))
  const { at: first } = draw(x)
  console.log(`${ROWS} × 32\nfirst                                 ${fit(x, first)}`)
  for (const noise of [0.05, 0.3]) {
    const rng = new Random(9)
    const later = new Matrix(ROWS, x.cols, heap.copy(x.data))
    for (let e = 0; e < later.data.length; e++) later.data[e] += noise * rng.normal()
    const show = (name: string, { at }: Ran): void =>
      console.log(
        `noise ${noise}, ${name.padEnd(26)} ${fit(later, at)}, moved ${moved(first, at).toFixed(3)} of the width`,
      )
    show('anew', draw(later))
    for (const epochs of [50, 100, 200])
      show(`going on, ${epochs} epochs`, draw(later, { start: first, epochs }))
  }
  const places = Array.from({ length: ROWS }, (_, i) => first.subarray(2 * i, 2 * i + 2))
  const shuffled = Float32Array.from(new Random(4).shuffle(places).flatMap((place) => [...place]))
  console.log(`from shuffled places, 100 epochs      ${fit(x, draw(x, { start: shuffled }).at)}`)
}

/** The mean way of a point, as a share of the width. */
function moved(before: Float32Array, after: Float32Array): number {
  let sum = 0
  for (let e = 0; e < before.length; e += 2)
    sum += Math.hypot(after[e] - before[e], after[e + 1] - before[e + 1])
  const [least, most] = before.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity])
  return sum / (before.length / 2) / (most - least)
}

function fit(x: Matrix, at: Float32Array): string {
  const { preserved, trustworthiness } = measure(x, at)
  return `preserved ${preserved.toFixed(3)}, trustworthiness ${trustworthiness.toFixed(3)}`
}
