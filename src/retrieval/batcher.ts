/** Gathers what is asked at the same time into one call, so that a busy service does its arithmetic in blocks. */
export class Batcher<Q, A> {
  readonly #answer: (questions: readonly Q[]) => (A | null)[]
  readonly #most: number
  #waiting: Waiting<Q, A>[] = []

  /**
   * @param answer what it answers null is asked again after others had their turn; it answers one at least
   * @param most questions in one call
   */
  constructor(answer: (questions: readonly Q[]) => (A | null)[], most = 64) {
    this.#answer = answer
    this.#most = most
  }

  /** Answers after the requests that have already arrived are read: with the others of this turn of the event loop. */
  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => this.#enqueue([{ question, resolve, reject }]))
  }

  #enqueue(waiting: readonly Waiting<Q, A>[]): void {
    if (this.#waiting.length === 0 && waiting.length > 0) setImmediate(() => this.#run())
    this.#waiting.push(...waiting)
  }

  #run(): void {
    const batch = this.#waiting.slice(0, this.#most)
    const rest = this.#waiting.slice(this.#most)
    this.#waiting = []
    this.#enqueue(rest)
    try {
      const answers = this.#answer(batch.map(({ question }) => question))
      const open = batch.filter(({ resolve }, at) => {
        const answer = answers[at]
        if (answer !== null) resolve(answer)
        return answer === null
      })
      this.#enqueue(open)
    } catch (error) {
      if (batch.length === 1) return batch[0].reject(error)
      // One bad question must not spoil the others.
      for (const waiting of batch) {
        try {
          const [answer] = this.#answer([waiting.question])
          if (answer === null) this.#enqueue([waiting])
          else waiting.resolve(answer)
        } catch (own) {
          waiting.reject(own)
        }
      }
    }
  }
}

interface Waiting<Q, A> {
  readonly question: Q
  readonly resolve: (answer: A) => void
  readonly reject: (error: unknown) => void
}
