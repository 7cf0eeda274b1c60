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
  /** Items of each user, oldest first. */
  readonly #byUser = new Map<string, string[]>()
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
      const items = this.#byUser.get(user)
      if (items) items.push(item)
      else this.#byUser.set(user, [item])
    }
  }

  /** Forgets a user. */
  forget(user: string): void {
    this.#byUser.delete(user)
  }

  itemsOf(user: string): readonly string[] {
    return this.#byUser.get(user) ?? []
  }
}
