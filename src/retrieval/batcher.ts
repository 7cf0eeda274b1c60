/** Gathers what is asked at the same time into one call, so that a busy service does its arithmetic in blocks. */
export class Batcher<Q, A> {
  readonly #answer: (questions: readonly Q[]) => A[]
  readonly #most: number
  #waiting: { question: Q; resolve: (answer: A) => void; reject: (error: unknown) => void }[] = []

  /** @param most questions in one call */
  constructor(answer: (questions: readonly Q[]) => A[], most = 64) {
    this.#answer = answer
    this.#most = most
  }

  /** Answers after the requests that have already arrived are read: with the others of this turn of the event loop. */
  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject })
      if (this.#waiting.length === 1) setImmediate(() => this.#run())
    })
  }

  #run(): void {
    const batch = this.#waiting.slice(0, this.#most)
    this.#waiting = this.#waiting.slice(this.#most)
    if (this.#waiting.length > 0) setImmediate(() => this.#run())
    try {
      const answers = this.#answer(batch.map(({ question }) => question))
      batch.forEach(({ resolve }, at) => resolve(answers[at]))
    } catch (error) {
      if (batch.length === 1) return batch[0].reject(error)
      // One bad question must not spoil the others.
      for (const { question, resolve, reject } of batch) {
        try {
          resolve(this.#answer([question])[0])
        } catch (own) {
          reject(own)
        }
      }
    }
  }
}
