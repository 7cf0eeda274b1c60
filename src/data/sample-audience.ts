/**
 * The sample marketplace as an analyst meets it: what users and items are, and a second period after which some users have changed
 * their tastes. Everything is planted: attributes that go with the community of a user, and who moved.
 */
import type { Random } from '../random.ts'
import type { Interactions } from './interactions.ts'
import {
  categories,
  DAYS,
  interactionsOf,
  type MarketplaceOptions,
  type Period,
  type Plan,
  planMarketplace,
  START,
} from './sample.ts'

export interface MarketplaceAudience {
  /** The first and the second period: {@link DAYS} days each, one after the other. */
  readonly periods: readonly [MarketplacePeriod, MarketplacePeriod]
  readonly itemAttributes: readonly SampleItem[]
  /** Ids of the users who are of another community in the second period. */
  readonly movers: readonly string[]
  readonly plan: Plan
}

export interface MarketplacePeriod {
  readonly events: Period
  readonly interactions: Interactions
  /** The community of each user row. */
  readonly userCommunities: Int32Array
  readonly userAttributes: readonly SampleUser[]
}

export interface SampleUser {
  readonly id: string
  readonly age: string
  readonly region: string
  readonly plan: string
  /** What they say they like: categories. */
  readonly interests: readonly string[]
  /** A month, in the currency of the marketplace. */
  readonly spend: number
  /** Days since they joined: of no meaning here. */
  readonly tenure: number
}

export interface SampleItem {
  readonly id: string
  readonly title: string
  readonly category: string
  readonly style: string
  readonly price: number
}

const styles = ['plain', 'ornate', 'antique']
const ages = ['18-24', '25-34', '35-44', '45-54', '55+']
const regions = ['north', 'south', 'east', 'west', 'islands', 'abroad']
const plans = ['free', 'plus', 'premium']
/** Share of users who move, and chances that an attribute is the one of the community. */
const MOVERS = 0.075
const TYPICAL = 0.6
const TOLD = 0.6
const NOISE = 0.04
const DAY = 86_400_000

/** The same users, items and first events as `sampleMarketplace` with the same seed and sizes. */
export function sampleAudience(rng: Random, options: MarketplaceOptions = {}): MarketplaceAudience {
  const plan = planMarketplace(rng, options)
  const before = plan.userCommunities
  const moving = rng
    .stream('movers')
    .shuffle(Int32Array.from(before, (_, u) => u))
    .slice(0, plan.communities > 1 ? Math.round(MOVERS * before.length) : 0)
    .sort()
  const after = before.slice()
  for (const user of moving) {
    const step = 1 + rng.stream('mover', user).int(plan.communities - 1)
    after[user] = (before[user] + step) % plan.communities
  }
  const period = (communities: Int32Array, start: number, draw: Random): MarketplacePeriod => {
    const events = plan.draw(communities, start, draw)
    return {
      events,
      interactions: interactionsOf(plan, events),
      userCommunities: communities,
      // Where and how old somebody is, and what they pay, does not change with their taste.
      userAttributes: Array.from(before, (home, u) => userOf(plan, u, home, communities[u], rng)),
    }
  }
  return {
    periods: [
      period(before, START, rng.stream('events')),
      period(after, START + DAYS * DAY, rng.stream('second period')),
    ],
    itemAttributes: plan.itemCategories.map((_, i) => itemOf(plan, i, rng)),
    movers: Array.from(moving, (user) => plan.users.id(user)),
    plan,
  }
}

function userOf({ users, liked }: Plan, row: number, home: number, taste: number, rng: Random): SampleUser {
  const own = rng.stream('attributes', row)
  const pick = (values: readonly string[], typical: number): string =>
    own.float() < TYPICAL ? values[typical % values.length] : values[own.int(values.length)]
  const age = pick(ages, home)
  const region = pick(regions, home >> 1)
  const plan = pick(plans, home)
  const spend = Math.round(1000 * Math.exp(0.4 * own.normal() + 0.15 * (home % 8) + 2)) / 100
  const tenure = 1 + own.int(1500)
  // A category comes three times among the niches, in its three styles.
  const likes = new Set(Array.from(liked[taste], (niche) => niche % categories.length))
  const says = rng.stream('interests', row)
  const interests = categories.filter((_, c) => says.float() < (likes.has(c) ? TOLD : NOISE))
  return { id: users.id(row), age, region, plan, interests, spend, tenure }
}

function itemOf({ items, itemCategories, niches }: Plan, row: number, rng: Random): SampleItem {
  const style = styles[Math.floor((row % niches) / categories.length)]
  const number = Math.floor(row / categories.length) + 1
  const price = Math.round(100 * Math.exp(0.5 * rng.stream('price', row).normal() + 3)) / 100
  const category = itemCategories[row]
  return { id: items.id(row), title: `${style} ${category} ${number}`, category, style, price }
}
