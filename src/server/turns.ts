/** Work that is done one after the other, in the order in which it comes. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Does `work` when what came before has ended, however it ended. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work)
    this.#last = turn.catch(() => {})
    return turn
  }
}
