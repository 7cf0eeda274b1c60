/** Negative samplers: items that a user did not interact with in training. */
import type { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { aliasTable } from './alias.ts'

/** An item that `user` has not interacted with, or −1 if there is none. */
export type NegativeSampler = (user: number, rng: Random) => number

/** Every other item with the same chance. */
export function uniformNegatives(interactions: Sparse): NegativeSampler {
  return rejecting(interactions, (rng) => rng.int(interactions.cols))
}

/** Items in proportion to (number of their users)^power. */
export function popularityNegatives(interactions: Sparse, power: number): NegativeSampler {
  const t = interactions.transposed
  const draw = aliasTable(Float64Array.from({ length: interactions.cols }, (_, i) => t.degree(i) ** power))
  return rejecting(interactions, draw)
}

/** Draws until the item is not the user's own; after too many tries, walks on from the last draw. */
function rejecting(interactions: Sparse, draw: (rng: Random) => number): NegativeSampler {
  return (user, rng) => {
    let item = 0
    for (let attempt = 0; attempt < 64; attempt++) {
      item = draw(rng)
      if (!interactions.has(user, item)) return item
    }
    for (let offset = 1; offset <= interactions.cols; offset++) {
      const next = (item + offset) % interactions.cols
      if (!interactions.has(user, next)) return next
    }
    return -1
  }
}
