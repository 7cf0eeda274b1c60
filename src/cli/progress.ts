/** Progress for people: one line that is redrawn on a terminal, a plain line every few seconds elsewhere. */
import type { Progress } from '../train/run.ts'
import { roughly } from './text.ts'

const REDRAW = 100
const PLAIN = 5000
/** Until the first plain line: quick work needs none. */
const PLAIN_FIRST = 2000

export class ProgressLine {
  readonly #write: (text: string) => void
  readonly #mode: 'terminal' | 'plain' | 'silent'
  readonly #clock: () => number
  readonly #phases = new Map<string, { since: number; from: number; last: number }>()
  #shown: number
  #drawn = false
  /** What is being worked on, before the phase: a model, a seed. */
  label = ''

  constructor(
    write: (text: string) => void,
    mode: 'terminal' | 'plain' | 'silent',
    clock = () => performance.now(),
  ) {
    this.#write = write
    this.#mode = mode
    this.#clock = clock
    this.#shown = mode === 'plain' ? clock() + PLAIN_FIRST - PLAIN : -Infinity
  }

  show(progress: Progress): void {
    if (this.#mode === 'silent') return
    const now = this.#clock()
    let phase = this.#phases.get(progress.phase)
    if (!phase || progress.done < phase.last) {
      phase = { since: now, from: progress.done, last: progress.done }
      this.#phases.set(progress.phase, phase)
    }
    phase.last = progress.done
    const terminal = this.#mode === 'terminal'
    if (progress.note === undefined && now - this.#shown < (terminal ? REDRAW : PLAIN)) return
    this.#shown = now
    const line = this.#label(describe(progress, (progress.done - phase.from) / ((now - phase.since) / 1000)))
    if (!terminal || progress.note !== undefined) {
      this.clear()
      this.#write(`${line}\n`)
    } else {
      this.#write(`\r\u001b[K${line.slice(0, 100)}`)
      this.#drawn = true
    }
  }

  /** Takes the redrawn line away. */
  clear(): void {
    if (this.#drawn) this.#write('\r\u001b[K')
    this.#drawn = false
  }

  /** A new piece of work begins: rates start anew. */
  begin(label: string): void {
    this.#phases.clear()
    this.label = label
  }

  #label(line: string): string {
    return this.label === '' ? line : `${this.label}: ${line}`
  }
}

/** `train 37/200 epochs, 4.1/s, 40 s left, loss 0.1234`. `rate` is in units per second. */
export function describe({ phase, done, of, unit, loss, note }: Progress, rate: number): string {
  const parts = [`${phase} ${count(done)}/${count(of)} ${unit}`]
  if (Number.isFinite(rate) && rate > 0) {
    parts.push(
      rate >= 1
        ? `${rate >= 100 ? Math.round(rate).toLocaleString('en-US') : rate.toFixed(1)}/s`
        : `${(1 / rate).toFixed(1)} s each`,
    )
    if (done < of) parts.push(`${roughly((of - done) / rate)} left`)
  }
  if (loss !== undefined) parts.push(`loss ${loss.toPrecision(4)}`)
  if (note !== undefined) parts.push(note)
  return parts.join(', ')
}

function count(n: number): string {
  return Number.isInteger(n) ? n.toLocaleString('en-US') : n.toFixed(1)
}
