/** The loss of a job's trainings over time, kept small: what a picture needs, however many steps there are. */
import type { Progress } from '../train/run.ts'

/** One training: a job may hold several, such as one to be evaluated and one for good. */
export interface Curve {
  readonly phase: string
  readonly unit: string
  readonly of: number
  /** How far it was, and the loss there. */
  readonly points: readonly (readonly [done: number, loss: number])[]
}

/** Where a curve has more points, every other one goes. */
const MOST = 200

export class Curves {
  readonly #curves: { phase: string; unit: string; of: number; points: [number, number][]; every: number }[] =
    []
  #calls = 0

  /** Takes a step in, where it has a loss. A step that is not further than the last begins another curve. */
  add({ phase, done, of, unit, loss }: Progress): void {
    if (loss === undefined || !Number.isFinite(loss)) return
    let curve = this.#curves.at(-1)
    if (!curve || curve.phase !== phase || curve.unit !== unit || done < (curve.points.at(-1)?.[0] ?? 0)) {
      curve = { phase, unit, of, points: [], every: 1 }
      this.#curves.push(curve)
      this.#calls = 0
    }
    const last = curve.points.at(-1)
    if (last && last[0] === done) last[1] = loss
    else if (this.#calls++ % curve.every === 0) curve.points.push([done, loss])
    if (curve.points.length > MOST) {
      curve.points = curve.points.filter((_, at) => at % 2 === 0)
      curve.every *= 2
    }
  }

  /** The curves until now, with numbers as short as they can be drawn. */
  get(): Curve[] {
    return this.#curves.map(({ phase, unit, of, points }) => ({
      phase,
      unit,
      of,
      points: points.map(
        ([done, loss]) => [Number(done.toPrecision(6)), Number(loss.toPrecision(5))] as const,
      ),
    }))
  }
}
