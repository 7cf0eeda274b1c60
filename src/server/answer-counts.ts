/** Counts answers in memory and hands them to the store now and then, so that answering never waits for it. */
import type { AnswerCount, Answers } from '../workspace/store/answers.ts'

const HOUR = 3_600_000
/** Milliseconds between two deliveries: what a crash can lose. */
const EVERY = 5000

export class AnswerCounts {
  readonly #answers: Answers
  readonly #onError: (error: unknown) => void
  #counts = new Map<string, AnswerCount>()
  #timer: NodeJS.Timeout | null = null

  constructor(answers: Answers, onError: (error: unknown) => void) {
    this.#answers = answers
    this.#onError = onError
  }

  start(): void {
    this.#timer = setInterval(() => void this.deliver(), EVERY)
    this.#timer.unref()
  }

  add(model: string, version: number, rung: string, time: number): void {
    const hour = Math.floor(time / HOUR) * HOUR
    const key = `${hour} ${version} ${rung}`
    const count = (this.#counts.get(key)?.count ?? 0) + 1
    this.#counts.set(key, { hour, model, version, rung, count })
  }

  /** Hands over what was counted; what cannot be stored is kept for the next time. */
  async deliver(): Promise<void> {
    const counts = this.#counts
    this.#counts = new Map()
    try {
      await this.#answers.add([...counts.values()])
    } catch (error) {
      for (const [key, count] of counts) {
        const since = this.#counts.get(key)?.count ?? 0
        this.#counts.set(key, { ...count, count: count.count + since })
      }
      this.#onError(error)
    }
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.deliver()
  }
}
