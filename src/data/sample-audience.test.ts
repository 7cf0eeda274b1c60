import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { DAYS, sampleMarketplace } from './sample.ts'
import { sampleAudience } from './sample-audience.ts'

describe('sampleAudience', () => {
  const audience = sampleAudience(new Random(7))
  const [first, second] = audience.periods

  test('begins as the marketplace does', () => {
    const market = sampleMarketplace(new Random(7))
    expect(first.interactions.matrix.indices).toEqual(market.interactions.matrix.indices)
    expect(first.interactions.times).toEqual(market.interactions.times)
    expect(first.userCommunities).toEqual(market.userCommunities)
  })

  test('goes on for a second period, with movers and nobody else in another community', () => {
    const { users } = second.interactions
    expect(Math.min(...second.events.times)).toBeGreaterThanOrEqual(Date.UTC(2024, 0, 1) + DAYS * 86_400_000)
    const changed = users.ids().filter((_, u) => first.userCommunities[u] !== second.userCommunities[u])
    expect(changed).toEqual(audience.movers)
    expect(changed.length / users.size).toBeCloseTo(0.075)
  })

  test('attributes go with the community', () => {
    const typical = first.userAttributes.filter(
      ({ age }, u) => age === ['18-24', '25-34', '35-44', '45-54', '55+'][first.userCommunities[u] % 5],
    )
    // Six in ten, and a fifth of the others.
    expect(typical.length / 2000).toBeCloseTo(0.68, 1)
    expect(first.userAttributes[3]).toEqual(sampleAudience(new Random(7)).periods[0].userAttributes[3])
    const stayer = second.userAttributes.findIndex(({ id }) => !audience.movers.includes(id))
    expect(second.userAttributes[stayer]).toEqual(first.userAttributes[stayer])
    const mover = second.userAttributes.findIndex(({ id }) => id === audience.movers[0])
    expect({ ...second.userAttributes[mover], interests: [] }).toEqual({
      ...first.userAttributes[mover],
      interests: [],
    })
  })

  test('items have the category of their id, and a style', () => {
    const lamp = audience.itemAttributes[audience.plan.items.row('lamp-17')]
    expect(lamp).toMatchObject({ id: 'lamp-17', category: 'lamp', style: 'ornate', title: 'ornate lamp 17' })
    expect(new Set(audience.itemAttributes.map(({ style }) => style)).size).toBe(3)
  })

  test('with one community there is nowhere to move to', () => {
    const alone = sampleAudience(new Random(1), { users: 3, items: 5, events: 20, communities: 1 })
    expect(alone.movers).toEqual([])
  })
})
