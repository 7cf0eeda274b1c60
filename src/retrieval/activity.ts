/**
 * What users did since the training of the model in service, in order: the part of their history that the model does not know. Kept
 * per user, so that the next answer already counts with it.
 */
export interface Happening {
  readonly seq: number
  readonly user: string
  readonly item: string
}

export class Activity {
  /** Items of each user, oldest first, and the numbers of the events. */
  readonly #byUser = new Map<string, { items: string[]; seqs: number[] }>()
  #seq: number

  /** @param seq everything up to this number is in the model */
  constructor(seq: number) {
    this.#seq = seq
  }

  /** The number of the last event that is counted. */
  get seq(): number {
    return this.#seq
  }

  /** Counts with events, in order; those counted before are passed over. */
  add(events: readonly Happening[]): void {
    for (const { seq, user, item } of events) {
      if (seq <= this.#seq) continue
      this.#seq = seq
      const own = this.#byUser.get(user)
      if (own) {
        own.items.push(item)
        own.seqs.push(seq)
      } else this.#byUser.set(user, { items: [item], seqs: [seq] })
    }
  }

  /** Forgets what a user did up to event number `seq`. */
  forget(user: string, seq: number): void {
    const own = this.#byUser.get(user)
    const kept = own?.seqs.findIndex((one) => one > seq) ?? -1
    if (kept < 0) this.#byUser.delete(user)
    else if (own) this.#byUser.set(user, { items: own.items.slice(kept), seqs: own.seqs.slice(kept) })
  }

  itemsOf(user: string): readonly string[] {
    return this.#byUser.get(user)?.items ?? []
  }
}
