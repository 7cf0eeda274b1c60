import { describe, expect, test } from 'vitest'
import type { Scorer } from '../models/recommend/family/scorer.ts'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import { compareModels, type Comparison } from './compare.ts'
import { decimal, signed } from './numbers.ts'
import { evaluateRanking } from './ranking.ts'
import type { RankingResult } from './ranking.ts'
import { reportJson, reportMarkdown, reportText } from './report.ts'
import type { ReportSettings } from './report.ts'
import { summarizeSeeds, type SeedSummary } from './seeds.ts'

const USERS = 60
const ITEMS = 30

/** User u has item u mod 30 in train and wants the next two; every tenth user wants nothing. */
function task(): { train: Sparse; test: Sparse } {
  const build = (of: (user: number) => number[]): Sparse => {
    const rows = Array.from({ length: USERS }, (_, u) => of(u).sort((a, b) => a - b))
    const indptr = new Uint32Array(USERS + 1)
    rows.forEach((row, u) => (indptr[u + 1] = indptr[u] + row.length))
    return new Sparse(USERS, ITEMS, indptr, Int32Array.from(rows.flat()), null)
  }
  return {
    train: build((u) => [u % ITEMS]),
    test: build((u) => (u % 10 === 0 ? [] : [(u + 1) % ITEMS, (u + 2) % ITEMS])),
  }
}

function evaluated(seed: number, k: readonly number[] = [5, 20]): RankingResult {
  const rng = new Random(seed)
  const model: Scorer = {
    userCount: USERS,
    itemCount: ITEMS,
    scores(users, out) {
      users.forEach((user, j) => {
        for (let i = 0; i < ITEMS; i++) {
          const wanted = (i - user + 2 * ITEMS) % ITEMS
          out[j * ITEMS + i] = rng.float() + (wanted === 1 || wanted === 2 ? 0.5 : 0)
        }
      })
    },
  }
  const steps = evaluateRanking(model, { ...task(), k })
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

const settings: ReportSettings = { title: 'lightgcn on shop', split: 'leave last out', seeds: [7] }
const single = evaluated(1)
const comparison = compareModels(
  [
    { name: 'popularity', result: single, seconds: 0.1 },
    { name: 'a|name_with *markup* and far too long for its column', result: evaluated(2), seconds: 12345.6 },
  ],
  { baseline: 'popularity', rng: new Random(1), samples: 100 },
)
const summary = summarizeSeeds([1, 2, 3].map((seed) => ({ seed, result: evaluated(seed), seconds: seed })))
const all: readonly (readonly [string, RankingResult | Comparison | SeedSummary])[] = [
  ['ranking', single],
  ['comparison', comparison],
  ['seeds', summary],
]

describe('numbers', () => {
  test('four digits', () => {
    expect([0, 0.18254, 1.5, 12.344, 105.26, 9999.4, 12345.6, -0.5].map(decimal)).toEqual([
      '0.0000',
      '0.1825',
      '1.500',
      '12.34',
      '105.3',
      '9999',
      '12,346',
      '-0.5000',
    ])
    expect(decimal(NaN)).toBe('n/a')
    expect([0.01, -0.01, 0].map(signed)).toEqual(['+0.0100', '-0.0100', '0.0000'])
  })
})

describe('every report', () => {
  test.each(all)('%s fits 100 columns and names its title, split, seeds, counts and rules', (_, report) => {
    const text = reportText(report, settings)
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
    const flat = text.replace(/\s+/g, ' ')
    for (const part of [
      'lightgcn on shop',
      'Split: leave last out',
      'Seed: 7',
      '54 of 60 users evaluated',
      '6 without test items left out',
      '108 test pairs',
      'Users with no test item left are left out of every mean',
    ]) {
      expect(flat).toContain(part)
    }
    expect(text.endsWith('\n')).toBe(true)
    expect(text).not.toMatch(/undefined|NaN/)
  })

  test.each(all)('%s in Markdown has whole tables', (_, report) => {
    const lines = reportMarkdown(report, settings).split('\n')
    expect(lines[0]).toBe('## lightgcn on shop')
    const cells = lines.map((line) => (line.startsWith('|') ? line.split(/(?<!\\)\|/).length : 0))
    cells.forEach((count, i) => {
      if (count > 0 && cells[i - 1] > 0) expect(count).toBe(cells[i - 1])
    })
    expect(lines.filter((line) => line.startsWith('| ---')).length).toBe(
      { seeds: 1, ranking: 2, comparison: 5 }[report.kind],
    )
    expect(lines.join()).not.toMatch(/undefined|NaN/)
  })

  test.each(all)('%s in JSON has a format, its settings, and survives JSON', (kind, report) => {
    const json = reportJson(report, settings)
    expect(json).toMatchObject({
      format: 1,
      kind,
      settings: { title: 'lightgcn on shop', split: 'leave last out', seeds: [7], k: [5, 20] },
    })
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    expect(json).not.toHaveProperty('perUser')
    expect(json).not.toHaveProperty('users')
  })
})

describe('one result', () => {
  test('shows each mean with its standard error', () => {
    const row = `${decimal(single.means['recall@5'])} ± ${decimal(single.standardErrors['recall@5'])}`
    expect(reportText(single, settings)).toContain(row)
    expect(reportMarkdown(single, settings)).toContain(`| recall | ${row} |`)
    expect(reportText(single, settings)).toMatch(new RegExp(`gini +${decimal(single.beyond['gini@5'])}`))
  })

  test('JSON keeps all digits and turns what is undefined into null', () => {
    const json = reportJson(evaluated(1, [1]), settings) as { means: object; beyond: Record<string, unknown> }
    expect(json.means).toEqual(evaluated(1, [1]).means)
    expect(json.beyond['diversity@1']).toBeNull()
    expect(reportText(evaluated(1, [1]), settings)).toMatch(/diversity +n\/a/)
  })

  test('more cut-offs than fit a line go on below', () => {
    const text = reportText(evaluated(1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), settings)
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
    expect(text.match(/^recall /gm)?.length).toBeGreaterThan(1)
    expect(text).toContain('@10')
  })

  test('short lists are mentioned when there are any', () => {
    expect(reportText(single, settings)).not.toContain('shorter list')
    expect(reportText({ ...single, shortLists: 3 }, settings)).toContain('3 users got a shorter list')
  })
})

describe('a comparison', () => {
  test('shows interval, difference, p and time', () => {
    const [first, second] = comparison.rows
    const text = reportText(comparison, settings)
    expect(text).toContain('ndcg@20, and the difference to popularity')
    expect(text).toContain(`[${decimal(first.interval!.low)}, ${decimal(first.interval!.high)}]`)
    expect(text).toContain(signed(second.difference!.difference))
    expect(text).toContain(decimal(second.difference!.p))
    expect(text).toContain('12,346')
    expect(text).toContain('baseline')
    expect(text).toContain('100 resamples')
  })

  test('names are shortened on the terminal and escaped, in full, in Markdown', () => {
    expect(reportText(comparison, settings)).toContain('a|name_with *markup* an…')
    expect(reportMarkdown(comparison, settings)).toContain(
      'a\\|name\\_with \\*markup\\* and far too long for its column',
    )
  })

  test('without a baseline there are no difference columns', () => {
    const plain = compareModels([{ name: 'a', result: single, seconds: 1 }], {
      rng: new Random(1),
      samples: 20,
    })
    expect(reportText(plain, settings)).not.toContain('difference')
    expect(reportJson(plain, settings)).toMatchObject({
      baseline: null,
      rows: [{ name: 'a', difference: null }],
    })
  })

  test('JSON has every number of the table', () => {
    expect(reportJson(comparison, settings)).toMatchObject({
      metric: 'ndcg@20',
      baseline: 'popularity',
      samples: 100,
      level: 0.95,
      rows: [
        { interval: comparison.rows[0].interval },
        { difference: comparison.rows[1].difference, seconds: 12345.6 },
      ],
    })
  })
})

describe('a seed summary', () => {
  test('shows the spread of each measure', () => {
    const { mean, std, min, max } = summary.metrics['recall@20']
    const row = ['recall@20', ...[mean, std, min, max].map(decimal)]
    expect(reportMarkdown(summary, settings)).toContain(`| ${row.join(' | ')} |`)
    expect(reportText(summary, settings)).toMatch(new RegExp(row.join(' +')))
  })

  test('one seed shows n/a for its deviation', () => {
    const one = summarizeSeeds([{ seed: 1, result: single, seconds: 1 }])
    expect(reportText(one, settings)).toMatch(/train s +1\.000 +n\/a/)
    expect(reportJson(one, settings)).toMatchObject({ seconds: { std: null } })
  })

  test('counts that differ by seed are given for each', () => {
    const other = { ...single, counts: { ...single.counts, overlap: 9 } }
    const mixed = summarizeSeeds([
      { seed: 1, result: single, seconds: 1 },
      { seed: 2, result: other, seconds: 1 },
    ])
    const text = reportText(mixed, settings).replace(/\s+/g, ' ')
    expect(text).toContain('Seed 1: 54 of 60')
    expect(text).toMatch(/Seed 2: 30 items.*overlap left out: 9/)
  })
})

test('a title with line breaks and markup stays on its line', () => {
  const odd = { ...settings, title: 'a\nb <script>' }
  expect(reportText(single, odd).split('\n')[0]).toBe('a b <script>')
  expect(reportMarkdown(single, odd).split('\n')[0]).toBe('## a b \\<script\\>')
})
