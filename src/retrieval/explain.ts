/** Why an item is shown, as a path through the graph of who interacted with what. */
import type { Interactions } from '../data/interactions.ts'

export interface Because {
  /** An item of the user's history. */
  readonly item: string
  /** How many people interacted with both. */
  readonly people: number
}

/** History that is looked at: what is older says less and costs as much. */
const RECENT = 50

/**
 * The item of the user's history (rows, oldest first) that the most people share with `item`: "12 people who liked X liked this too".
 * Null when nobody did.
 */
export function because(
  { matrix, items }: Interactions,
  item: number,
  history: readonly number[],
): Because | null {
  const users = matrix.transposed
  const shared = new Set(users.row(item))
  let best = -1
  let most = 0
  for (const other of history.slice(-RECENT)) {
    if (other === item) continue
    let people = 0
    for (const user of users.row(other)) if (shared.has(user)) people++
    if (people > most) {
      most = people
      best = other
    }
  }
  return best < 0 ? null : { item: items.id(best), people: most }
}
