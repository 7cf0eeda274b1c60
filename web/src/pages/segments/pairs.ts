/** Two segments side by side. */
import type { Segment } from 'homophily/client'

/** What two segments are compared by. */
export type Profile = Pick<Segment, 'attributes' | 'items'>

export interface Pair {
  readonly name: string
  /** Shares in each; null where the profile of one does not have it. */
  readonly a: number | null
  readonly b: number | null
  readonly base: number
}

/** Attributes and items that either profile names, those in which the two differ most first. */
export function pairsOf(a: Profile, b: Profile, trait: (attribute: string, value: string) => string): Pair[] {
  const pairs = new Map<string, { name: string; a: number | null; b: number | null; base: number }>()
  for (const [side, segment] of [
    ['a', a],
    ['b', b],
  ] as const) {
    for (const { name, share, base } of [
      ...segment.attributes.map((one) => ({ ...one, name: trait(one.attribute, one.value) })),
      ...segment.items.map((one) => ({ ...one, name: one.title })),
    ]) {
      const pair = pairs.get(name) ?? { name, a: null, b: null, base }
      pair[side] = share
      pairs.set(name, pair)
    }
  }
  const difference = ({ a, b, base }: Pair): number => Math.abs((a ?? base) - (b ?? base))
  return [...pairs.values()].sort((x, y) => difference(y) - difference(x))
}
