import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column, dense, plan, type Row } from '../../../test/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { tableFrom, type Cell } from '../table.ts'
import { applyFeatures } from './apply.ts'
import { describePlan, featureNames, fitFeatures, parsePlan, type FeaturePlan } from './plan.ts'
import { parseFeature, specText, type FeatureSpec } from './spec.ts'

describe('what is inferred', () => {
  const kindOf = (values: readonly Cell[], name = 'x'): string => {
    const rows = values.map((value, i) => ({ [name]: value, other: i % 2 }))
    return describePlan(plan(rows)).find((line) => line.column === name)!.feature
  }
  const many = (n: number, of: (i: number) => Cell): Cell[] => Array.from({ length: n }, (_, i) => of(i))

  test.each<[string, readonly Cell[], string, string]>([
    ['numbers', many(30, (i) => i / 2), 'age', 'number(standard)'],
    ['numbers with gaps', many(30, (i) => (i % 3 ? i : 'NA')), 'age', 'number(standard)'],
    ['codes by their name', many(30, (i) => i % 4), 'city_id', 'category(2)'],
    ['codes by leading zeros', many(30, (i) => `0${i % 4}`), 'x', 'category(2)'],
    ['words', many(30, (i) => ['a', 'b'][i % 2]), 'x', 'category(2)'],
    ['one value', many(30, () => 'a'), 'x', 'skip'],
    ['no values', many(30, () => null), 'x', 'skip'],
    ['nearly unique', many(300, (i) => `n${i}`), 'x', 'skip'],
    ['ids', many(300, (i) => `n${i}`), 'user_id', 'id'],
    ['many values', many(900, (i) => `n${i % 300}`), 'x', 'hash(512)'],
    ['tags', many(30, (i) => (i % 2 ? 'a|b' : 'c')), 'x', 'multi(|,2)'],
    ['lists', many(30, (i) => (i % 2 ? ['a', 'b'] : ['c'])), 'x', 'multi(|,2)'],
    ['sentences', many(30, (i) => `the word number ${i} of many, I think`), 'x', 'tfidf(7)'],
    ['dates', many(30, (i) => `2024-01-${10 + (i % 9)}`), 'x', 'date'],
    ['epochs by their name', many(30, (i) => 1.7e9 + i), 'created_at', 'date'],
    ['true and false', many(30, (i) => i % 3 === 0), 'x', 'category(2)'],
  ])('%s', (_, values, name, kind) => {
    expect(kindOf(values, name)).toBe(kind)
  })

  test('says that a column is nearly one of numbers', () => {
    const rows = column(...many(30, (i) => (i % 10 ? i % 5 : 'unknown')))
    expect(describePlan(plan(rows))[0].reason).toMatch(/numbers in 27 of 30 rows, but also "unknown"/)
  })
})

describe('the plan', () => {
  const rows: Row[] = Array.from({ length: 40 }, (_, i) => ({
    user: `u${i}`,
    age: i % 7 === 0 ? null : 20 + i,
    city: ['oslo', 'rome', null, 'bern'][i % 4],
    tags: [`t${i % 3}`, `t${i % 5}`],
    joined: `2024-0${1 + (i % 9)}-1${i % 10}`,
    bio: `likes ${['tea', 'coffee'][i % 2]} and long walks with ${i}`,
  }))
  const asked = ['city=hash(16)', 'joined=date(cyclic)']

  test('is JSON, and says the same after it', () => {
    const fitted = plan(rows, asked)
    const again = parsePlan(JSON.parse(JSON.stringify(fitted)), 'plan.json')
    expect(again).toEqual(fitted)
    expect(dense(applyFeatures(again, tableFrom(rows)))).toEqual(
      dense(applyFeatures(fitted, tableFrom(rows))),
    )
    expect(applyFeatures(again, tableFrom(rows)).ids?.ids().slice(0, 2)).toEqual(['u0', 'u1'])
    expect(() => parsePlan({ ...fitted, layout: 'round' }, 'plan.json')).toThrow(
      /plan\.json: expected a plan.*layout/,
    )
    expect(() => parsePlan(null, 'plan.json')).toThrow(/plan\.json/)
  })

  test('each row is encoded on its own: any part, in any order, gives the same numbers', () => {
    const fitted = plan(rows, asked)
    const whole = dense(applyFeatures(fitted, tableFrom(rows)))
    fc.assert(
      fc.property(fc.shuffledSubarray([...rows.keys()], { minLength: 1 }), (picked) => {
        const part = applyFeatures(fitted, tableFrom(picked.map((i) => rows[i])), { absent: 'unknown' })
        expect(dense(part)).toEqual(picked.map((i) => whole[i]))
      }),
      { numRuns: 30 },
    )
  })

  test('sparse and dense are the same numbers', () => {
    const sparse = applyFeatures(plan(rows, asked, { layout: 'sparse' }), tableFrom(rows))
    expect(sparse.matrix).toBeInstanceOf(Sparse)
    const one = applyFeatures(plan(rows, asked, { layout: 'dense' }), tableFrom(rows))
    expect(one.matrix).toBeInstanceOf(Matrix)
    expect(dense(sparse)).toEqual(dense(one))
    const { indptr, indices } = sparse.matrix as Sparse
    for (let r = 0; r < rows.length; r++) {
      for (let e = indptr[r] + 1; e < indptr[r + 1]; e++) expect(indices[e]).toBeGreaterThan(indices[e - 1])
    }
  })

  test('the layout follows the density', () => {
    const wide = fitFeatures(tableFrom(column(...Array.from({ length: 100 }, (_, i) => `c${i % 20}`))))
    const narrow = fitFeatures(tableFrom(column(1, 2, 3)))
    expect([wide.layout, narrow.layout]).toEqual(['sparse', 'dense'])
  })

  test('columns that are absent, further, or unknown', () => {
    const fitted = plan(rows, asked)
    const short = tableFrom(rows.map(({ city, tags, joined, bio }) => ({ city, tags, joined, bio, shoe: 1 })))
    expect(() => applyFeatures(fitted, short)).toThrow(/no age column/)
    const got = applyFeatures(fitted, short, { absent: 'unknown' })
    expect([got.absent, got.ignored, got.ids]).toEqual([['age'], ['shoe'], null])
    expect(dense(got)[0][featureNames(fitted).indexOf('age=(missing)')]).toBe(1)
    expect(() => plan(rows, ['shoe=number'])).toThrow(/no shoe column/)
    expect(() => plan(rows, ['age=id', 'user=id'])).toThrow(
      /at most one column of ids, got user and age|age and user/,
    )
    expect(() => plan(column('a', 'a'))).toThrow(/No column of the table becomes a feature/)
  })

  test('names and widths agree', () => {
    const fitted = plan(rows, asked)
    const { matrix, names } = applyFeatures(fitted, tableFrom(rows))
    expect(names).toEqual(featureNames(fitted))
    expect(matrix.cols).toBe(names.length)
    expect(describePlan(fitted).reduce((sum, { width }) => sum + width, 0)).toBe(names.length)
    expect(new Set(names).size).toBe(names.length)
  })

  test('numbers of any size and cells of any text make finite features', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string(),
      fc.double({ noNaN: true, min: -1e30, max: 1e30 }),
      fc.boolean(),
    )
    fc.assert(
      fc.property(fc.array(fc.record({ a: cell, b: cell }), { minLength: 2, maxLength: 30 }), (records) => {
        let fitted: FeaturePlan
        try {
          fitted = fitFeatures(tableFrom(records))
        } catch (error) {
          expect(String(error)).toMatch(/No column of the table becomes a feature/)
          return
        }
        const got = applyFeatures(fitted, tableFrom(records))
        expect(got.matrix.cols).toBe(got.names.length)
        for (const row of dense(got)) for (const x of row) expect(Number.isFinite(x)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('how features are written', () => {
  test('every kind there and back', () => {
    const specs: FeatureSpec[] = [
      { kind: 'number', scale: 'standard' },
      { kind: 'number', scale: 'robust' },
      { kind: 'buckets', count: 4 },
      { kind: 'date', cyclic: true },
      { kind: 'date', cyclic: false },
      { kind: 'category', minCount: null },
      { kind: 'category', minCount: 7 },
      { kind: 'multi', separator: ',', minCount: 3 },
      { kind: 'multi', separator: '=', minCount: null },
      { kind: 'multi', separator: ')', minCount: null },
      { kind: 'hash', size: 1024, separator: null },
      { kind: 'hash', size: 8, separator: ',' },
      { kind: 'tfidf', words: 50 },
      { kind: 'id' },
      { kind: 'skip' },
    ]
    for (const spec of specs)
      expect(parseFeature(`a=b c=${specText(spec)}`)).toEqual({ column: 'a=b c', spec })
  })

  test.each([
    ['age', /column=kind/],
    ['=number', /column=kind/],
    ['age=nubmer', /unknown kind of feature "nubmer".*"number"/],
    ['age=number(big)', /--feature age: expected number or number\(standard\|robust/],
    ['age=hash', /hash\(columns\)/],
    ['age=hash(0)', /hash\(columns\)/],
    ['age=multi', /multi\(separator\)/],
    ['age=skip(1)', /expected skip/],
  ])('refuses %s', (text, message) => {
    expect(() => parseFeature(text)).toThrow(message)
  })
})
