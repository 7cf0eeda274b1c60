import { expect, test } from 'vitest'
import { alignAttributes, attributesFrom } from '../../data/attributes.ts'
import { sequencesFrom } from '../../graph/sequences.ts'
import { Random } from '../../random.ts'
import { runSync } from '../../train/run.ts'
import { resolveConfig } from '../method.ts'
import { m2grlMetric } from './m2grl-metric.ts'

/** Two themes of two categories each: who is in a theme goes to and fro between its categories, and stays within one more often. */
const rng = new Random(9)
const sequences = sequencesFrom(
  Array.from({ length: 60 * 20 }, (_, k) => {
    const user = Math.floor(k / 20)
    const theme = ['ab', 'cd'][user % 2]
    return { user: `u${user}`, item: `${theme[Math.floor(k / 4) % 2]}${rng.int(8)}` }
  }),
)
const attributes = alignAttributes(
  attributesFrom(
    Array.from(sequences.items, (id) => ({ id, category: id[0] })),
    [{ name: 'category', kind: 'category' }],
  ),
  sequences.items,
)
const small = {
  dim: 8,
  walks: 10,
  length: 8,
  epochs: 6,
  batch: 128,
  shared: 32,
  metricSteps: 300,
  metricBatch: 128,
}

/** Shares among the 4 nearest of each item: of its theme, and of another category of its theme. */
function neighbours(diversity: number): { theme: number; other: number } {
  const settings = resolveConfig(m2grlMetric, { ...small, diversity })
  const state = runSync(
    m2grlMetric.fit({ sequences, attributes }, settings, { rng: new Random(1), resume: null, heldOut: null }),
  )
  const { data, shape } = state.vectors
  const [n, d] = shape
  const id = (v: number): string => sequences.items.id(v)
  const theme = (v: number): boolean => 'ab'.includes(id(v)[0])
  let [same, other] = [0, 0]
  for (let v = 0; v < n; v++) {
    const near = Array.from({ length: n }, (_, w) => {
      let dot = 0
      for (let c = 0; c < d; c++) dot += data[v * d + c] * data[w * d + c]
      return { w, dot }
    })
      .filter(({ w }) => w !== v)
      .sort((x, y) => y.dot - x.dot)
      .slice(0, 4)
    for (const { w } of near) {
      if (theme(w) !== theme(v)) continue
      same++
      if (id(w)[0] !== id(v)[0]) other++
    }
  }
  return { theme: same / (4 * n), other: other / (4 * n) }
}

test('more weight on diversity: other categories come near, of the same theme still', () => {
  const [plain, diverse] = [neighbours(0), neighbours(1)]
  expect(plain.theme).toBeGreaterThan(0.9)
  expect(diverse.theme).toBeGreaterThan(0.9)
  expect(diverse.other).toBeGreaterThan(plain.other + 0.2)
})

test('an unknown field names the valid ones', () => {
  const settings = resolveConfig(m2grlMetric, { ...small, field: 'brand' })
  expect(() =>
    runSync(
      m2grlMetric.fit({ sequences, attributes }, settings, {
        rng: new Random(1),
        resume: null,
        heldOut: null,
      }),
    ),
  ).toThrow(/unknown field "brand".*"category"/)
})
