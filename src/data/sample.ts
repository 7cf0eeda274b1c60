/**
 * A generated marketplace with planted tastes, for demonstrations and tests. Nothing in it is real. Items come in categories, each
 * category in styles; users belong to communities that like a handful of (category, style) niches. So there is something
 * personal to learn beside what is popular with everybody.
 */
import { fail } from '../errors.ts'
import type { Random } from '../random.ts'
import { interactionsFromRows, type Interactions } from './interactions.ts'
import { Vocabulary } from './vocabulary.ts'

export interface Marketplace {
  readonly interactions: Interactions
  /** The category of each item row. */
  readonly itemCategories: readonly string[]
  /** The planted community of each user row: the answer that segments should find. */
  readonly userCommunities: Int32Array
  /** A sentence to show: that this is generated, and what is planted. */
  readonly description: string
}

export const categories =
  'lamp chair book mug poster rug clock vase puzzle kite scarf drum candle teapot basket mirror'.split(' ')
const STYLES = 3
const NICHES_PER_COMMUNITY = 6
const TASTE_SHARE = 0.85
const DAY = 86_400_000
/** The first millisecond of the first period, and the length of every period in days. */
export const START = Date.UTC(2024, 0, 1)
export const DAYS = 120

export interface MarketplaceOptions {
  readonly users?: number
  readonly items?: number
  readonly events?: number
  readonly communities?: number
}

/** Who there is and what they like, before anything happens. */
export interface Plan {
  readonly users: Vocabulary
  readonly items: Vocabulary
  readonly events: number
  readonly communities: number
  readonly itemCategories: readonly string[]
  readonly userCommunities: Int32Array
  /** The niches (category and style) that each community likes; item i is of niche i mod {@link Plan.niches}. */
  readonly liked: readonly Int32Array[]
  readonly niches: number
  /** Events of one period, of users in these communities; `start` is its first millisecond. */
  draw(communities: Int32Array, start: number, rng: Random): Period
}

/** Events in no order: who, what, when. */
export interface Period {
  readonly userRows: Int32Array
  readonly itemRows: Int32Array
  /** Milliseconds since 1970. */
  readonly times: Float64Array
}

/** @param options sizes; the number of entries is a little below `events`, since people come back to the same item */
export function sampleMarketplace(rng: Random, options: MarketplaceOptions = {}): Marketplace {
  const plan = planMarketplace(rng, options)
  const { users, items, events, communities, itemCategories, userCommunities } = plan
  const period = plan.draw(userCommunities, START, rng.stream('events'))
  return {
    interactions: interactionsOf(plan, period),
    itemCategories,
    userCommunities,
    description:
      `A generated marketplace, not real data: ${users.size} users in ${communities} planted communities, ${items.size} items in ` +
      `${Math.min(items.size, categories.length)} categories, ${events} events over ${DAYS} days.`,
  }
}

/** The events as interactions: the first of each user and item. */
export function interactionsOf({ users, items }: Plan, { userRows, itemRows, times }: Period): Interactions {
  return interactionsFromRows(users, items, userRows, itemRows, null, times, 'first')
}

/** What {@link sampleMarketplace} is drawn from. */
export function planMarketplace(rng: Random, options: MarketplaceOptions): Plan {
  const { users, items, events, communities } = sizesOf(options)
  const nicheCount = Math.min(items, categories.length * STYLES)
  const popularity = skewedWeights(items, rng.stream('popularity'))
  const everything = sampler(
    Int32Array.from({ length: items }, (_, i) => i),
    popularity,
  )
  // Item i is of category i mod 16, so its niche is i mod 48: category and style.
  const niches = Array.from({ length: nicheCount }, (_, niche) =>
    sampler(
      Int32Array.from({ length: Math.ceil((items - niche) / nicheCount) }, (_, k) => niche + k * nicheCount),
      popularity,
    ),
  )
  const liked = Array.from({ length: communities }, (_, c) =>
    rng
      .stream('community', c)
      .shuffle(Int32Array.from({ length: nicheCount }, (_, n) => n))
      .slice(0, NICHES_PER_COMMUNITY),
  )
  const activity = sampler(
    Int32Array.from({ length: users }, (_, u) => u),
    Float64Array.from({ length: users }, (_, u) => Math.exp(0.7 * rng.stream('activity', u).normal())),
  )
  const itemCategories = Array.from({ length: items }, (_, i) => categories[i % categories.length])
  return {
    users: Vocabulary.from(Array.from({ length: users }, (_, u) => `user-${String(u + 1).padStart(4, '0')}`)),
    items: Vocabulary.from(
      itemCategories.map((name, i) => `${name}-${Math.floor(i / categories.length) + 1}`),
    ),
    events,
    communities,
    itemCategories,
    userCommunities: Int32Array.from({ length: users }, (_, u) => rng.stream('user', u).int(communities)),
    liked,
    niches: nicheCount,
    draw(of, start, draw) {
      const userRows = new Int32Array(events)
      const itemRows = new Int32Array(events)
      const times = new Float64Array(events)
      for (let e = 0; e < events; e++) {
        // The first events go round, so that everybody has some.
        const user = e < users * 5 ? e % users : activity(draw)
        const tastes = liked[of[user]]
        userRows[e] = user
        itemRows[e] =
          draw.float() < TASTE_SHARE ? niches[tastes[draw.int(tastes.length)]](draw) : everything(draw)
        times[e] = start + Math.floor(draw.float() * DAYS * DAY)
      }
      return { userRows, itemRows, times }
    },
  }
}

function sizesOf(options: MarketplaceOptions): Required<MarketplaceOptions> {
  const sizes = { users: 2000, items: 800, events: 60_000, communities: 20, ...options }
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < 1) {
      throw fail('ARGUMENT', {
        what: `sampleMarketplace, ${name}`,
        expected: 'a whole number from 1',
        got: String(value),
      })
    }
  }
  return sizes
}

/** 1 / rank^0.7 in random order. */
function skewedWeights(n: number, rng: Random): Float64Array {
  const ranks = rng.shuffle(Int32Array.from({ length: n }, (_, i) => i + 1))
  return Float64Array.from(ranks, (rank) => rank ** -0.7)
}

/** Draws from `members` with probability proportional to weights[member]: binary search in the running sums. */
function sampler(members: Int32Array, weights: Float64Array): (rng: Random) => number {
  const sums = new Float64Array(members.length)
  let total = 0
  for (let k = 0; k < members.length; k++) sums[k] = total += weights[members[k]]
  return (rng) => {
    const target = rng.float() * total
    let low = 0
    let high = members.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sums[middle] <= target) low = middle + 1
      else high = middle
    }
    return members[low]
  }
}
