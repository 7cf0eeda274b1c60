import { describe, expect, test } from 'vitest'
import { alignAttributes, attributesFrom } from '../../data/attributes.ts'
import { sequencesFrom } from '../../graph/sequences.ts'
import { Random } from '../../random.ts'
import { runSync } from '../../train/run.ts'
import { resolveConfig } from '../method.ts'
import type { Trajectory } from './family/multi-view-training.ts'
import type { EmbeddingState } from './family/state.ts'
import { m2grl } from './m2grl.ts'

/** Forty users go through the six items of one of four categories, then through those of the next. */
const rng = new Random(9)
const sequences = sequencesFrom(
  Array.from({ length: 40 * 24 }, (_, k) => {
    const user = Math.floor(k / 24)
    const category = (user + Math.floor((k % 24) / 12)) % 4
    return { user: `u${user}`, item: `${'abcd'[category]}${rng.int(6)}` }
  }),
)
const attributes = alignAttributes(
  attributesFrom(
    Array.from(sequences.items, (id) => ({ id, category: id[0], tags: ['x', 'y'] })),
    [{ name: 'category', kind: 'category' }],
  ),
  sequences.items,
)
const small = { dim: 8, walks: 5, length: 8, epochs: 4, batch: 128, shared: 32 }

function fit(config: Record<string, unknown>, preset?: string): EmbeddingState {
  const settings = resolveConfig(m2grl, { ...small, ...config }, preset)
  const state = runSync(
    m2grl.fit({ sequences, attributes }, settings, { rng: new Random(1), resume: null, heldOut: null }),
  )
  return structuredClone(state)
}
const trajectoryOf = (state: EmbeddingState): Trajectory => state.facts!['trajectory'] as Trajectory

describe('M2GRL', () => {
  test('how σ of every task moved is among the facts, and σ² follows 2 L', () => {
    const { tasks, sigma, loss } = trajectoryOf(fit({ epochs: 20 }))
    expect(tasks).toEqual(['item', 'category', 'item–category'])
    expect(sigma.length).toBe(loss.length)
    expect(sigma.length).toBeGreaterThan(50)
    expect(sigma[0]).toEqual(tasks.map(() => expect.closeTo(1, 1.5)))
    const end = sigma.at(-1)!
    loss.at(-1)!.forEach((l, i) => expect(Math.abs(end[i] ** 2 / (2 * l) - 1)).toBeLessThan(0.35))
    // Which category an item is of is easier to learn than which item comes next.
    expect(end[2]).toBeLessThan(end[0])
  })

  test('the official preset learns σ² from between .2 and 1, fixed weights have none', () => {
    const { sigma } = trajectoryOf(fit({}, 'official'))
    for (const value of sigma[0]) {
      expect(value ** 2).toBeGreaterThan(0.15)
      expect(value ** 2).toBeLessThan(1.05)
    }
    const fixed = trajectoryOf(fit({ weighting: 'fixed' }))
    expect(fixed.sigma).toEqual([])
    expect(fixed.loss.at(-1)!.every(Number.isFinite)).toBe(true)
  })

  test('alignment 0 leaves the views to themselves', () => {
    const alone = fit({ weighting: 'fixed', alignment: 0 })
    const together = fit({ weighting: 'fixed', alignment: 1 })
    const last = (state: EmbeddingState): number => trajectoryOf(state).loss.at(-1)![2]
    expect(last(together)).toBeLessThan(0.8 * last(alone))
  })

  test('a field with several values, or without transitions, cannot be a view', () => {
    const run = (field: 'tags' | 'category', value: (id: string) => string | string[]): unknown => {
      const rows = Array.from(sequences.items, (id) => ({ id, [field]: value(id) }))
      const kind = field === 'tags' ? 'tags' : 'category'
      const other = alignAttributes(attributesFrom(rows, [{ name: field, kind }]), sequences.items)
      const settings = resolveConfig(m2grl, small)
      return runSync(
        m2grl.fit({ sequences, attributes: other }, settings, {
          rng: new Random(1),
          resume: null,
          heldOut: null,
        }),
      )
    }
    expect(() => run('tags', () => ['x', 'y'])).toThrow('field tags: expected at most one value per item')
    expect(() => run('category', () => 'one')).toThrow('nobody went from one category to another. Leave the')
  })
})
