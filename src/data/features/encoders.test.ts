import { describe, expect, test } from 'vitest'
import { column, dense, features, rounded } from '../../../test/features.ts'
import { hashPlace } from './hash.ts'
import { wordsOf } from './text.ts'

describe('numbers', () => {
  test('standardised: mean 3, standard deviation √2', () => {
    expect(rounded(dense(features(column(1, 2, 3, 4, 5), [])))).toEqual(
      rounded([-2, -1, 0, 1, 2].map((d) => [d / Math.SQRT2])),
    )
  })

  test('robust, min-max, log, none', () => {
    const values = column(1, 2, 3, 4, 100)
    expect(rounded(dense(features(values, ['x=number(robust)'])))).toEqual(
      rounded([[-1], [-0.5], [0], [0.5], [48.5]]),
    )
    expect(rounded(dense(features(values, ['x=number(minmax)'])))).toEqual(
      rounded([0, 1, 2, 3, 99].map((d) => [d / 99])),
    )
    expect(rounded(dense(features(column(-1, 0.5, Math.E - 1), ['x=number(log)'])).slice(2))).toEqual(
      rounded([[(1 - (Math.log(1.5) + 1 - Math.LN2) / 3) / deviation([-Math.LN2, Math.log(1.5), 1])]]),
    )
    expect(rounded(dense(features(values, ['x=number(none)'])))).toEqual(rounded([[1], [2], [3], [4], [100]]))
  })

  test('mostly zeros stay zeros: scaled, not centred', () => {
    const got = features(column(0, 0, 0, 4), [])
    expect(rounded(dense(got))).toEqual(rounded([[0], [0], [0], [4 / Math.sqrt(3)]]))
    expect(got.names).toEqual(['x'])
  })

  test('a constant column, asked for, is zeros', () => {
    expect(rounded(dense(features(column(7, 7), ['x=number'])))).toEqual(rounded([[0], [0]]))
    expect(rounded(dense(features(column(7, 7), ['x=number(minmax)'])))).toEqual(rounded([[0], [0]]))
  })

  test('unknown ones take the median and a mark; new rows without marks in the fit take the median', () => {
    const got = features(column(1, null, 2, 'NA', 30), ['x=number(minmax)'])
    expect(rounded(dense(got))).toEqual(
      rounded([
        [0, 0],
        [1 / 29, 1],
        [1 / 29, 0],
        [1 / 29, 1],
        [1, 0],
      ]),
    )
    expect([got.names, got.columns]).toEqual([['x', 'x=(missing)'], [{ column: 'x', missing: 2, unseen: 0 }]])
    expect(
      rounded(dense(features(column(null, 3), ['x=number(minmax)'], { fitted: column(1, 2, 3) }))),
    ).toEqual(rounded([[0.5], [1]]))
    expect(
      rounded(
        dense(features(column('?', 3), ['x=number'], { fitted: column(1, 2, 3), missing: ['?'] })).slice(
          0,
          1,
        ),
      ),
    ).toEqual(rounded([[0]]))
  })

  test('says where a cell is no number', () => {
    expect(() => features(column(1, 'abc', 3), ['x=number'])).toThrow(
      /record:2, column "x": expected a number \(or a mark for unknown ones, --missing\), got "abc"/,
    )
    expect(() => features(column(1, '1e300', 3), ['x=number(none)'])).toThrow(/record:2.*float32/)
    expect(() => features(column(null, null), ['x=number'])).toThrow(/"x" has no values/)
  })
})

function deviation(values: number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
}

describe('buckets', () => {
  test('about equally many rows in each; new numbers find theirs', () => {
    const got = features(column(1, 2, 3, 4, 5, 6, null), ['x=buckets(3)'])
    expect(got.names).toEqual(['x < 3', 'x 3 – 5', 'x ≥ 5', 'x=(missing)'])
    expect(dense(got).map((row) => row.indexOf(1))).toEqual([0, 0, 1, 1, 2, 2, 3])
    const fresh = features(column(-9, 4.5, 1e9), ['x=buckets(3)'], { fitted: column(1, 2, 3, 4, 5, 6) })
    expect(dense(fresh).map((row) => row.indexOf(1))).toEqual([0, 1, 2])
    expect(() => features(column(1, 'a'), ['x=buckets(2)'])).toThrow(
      /record:2, column "x": expected a number/,
    )
  })
})

describe('categories and tags', () => {
  test('a column each; rare ones share one; unknown ones have one', () => {
    const got = features(column('b', 'a', 'b', 'a', 'c', 'd', '', 'b'), ['x=category(2)'])
    expect(got.names).toEqual(['x=b', 'x=a', 'x=(other)', 'x=(missing)'])
    expect(dense(got).map((row) => row.indexOf(1))).toEqual([0, 1, 0, 1, 2, 2, 3, 0])
  })

  test('new values go to the others, or nowhere, and are counted', () => {
    const fitted = column('a', 'a', 'b', 'b', 'c')
    const others = features(column('z', 'a', 'c', null), ['x=category(2)'], { fitted })
    expect(dense(others)).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 0],
    ])
    expect(others.columns).toEqual([{ column: 'x', missing: 1, unseen: 2 }])
    const none = features(column('z', 'b'), ['x=category(1)'], { fitted })
    expect([none.names, dense(none)]).toEqual([
      ['x=a', 'x=b', 'x=c'],
      [
        [0, 0, 0],
        [0, 1, 0],
      ],
    ])
  })

  test('tags: text with separators, or lists', () => {
    const want = [
      [1, 1],
      [0, 1],
      [0, 0],
    ]
    const text = features(column('rock | jazz|rock', 'rock', 'folk'), ['x=multi(|,1)'], {
      fitted: column('jazz|rock', 'rock'),
    })
    expect([text.names, dense(text).map(([a, b]) => [b, a])]).toEqual([['x=rock', 'x=jazz'], want])
    const lists = column(['jazz', 'rock', 'rock'], ['rock'], ['folk'])
    expect(
      dense(features(lists, ['x=multi(|,1)'], { fitted: column(['jazz', 'rock'], ['rock']) })).map(
        ([a, b]) => [b, a],
      ),
    ).toEqual(want)
  })

  test('hashes: seeded, signed, equal values alike, no place needed for new ones', () => {
    const rows = column('oslo', 'rome', 'oslo', null)
    const got = features(rows, ['x=hash(64)'])
    const [place, sign] = hashPlace(1, 'x', 'oslo', 64)
    const table = dense(got)
    expect(table[0][place]).toBe(sign)
    expect(table[0]).toEqual(table[2])
    expect(table.map((row) => row.filter((v) => v !== 0).length)).toEqual([1, 1, 1, 1])
    expect(table[3][64]).toBe(1)
    expect(dense(features(rows, ['x=hash(64)'], { seed: 2 }))).not.toEqual(table)
    expect(dense(features(column('bern'), ['x=hash(64)'], { fitted: rows }))[0].some((v) => v !== 0)).toBe(
      true,
    )
    const tags = dense(features(column('a|b', 'a', 'b'), ['x=hash(512,|)']))
    expect(tags[0]).toEqual(tags[1].map((v, c) => v + tags[2][c]))
  })

  test('hashing keeps inner products on average', () => {
    const values = Array.from({ length: 2000 }, (_, i) => `v${i}`)
    const places = values.map((value) => hashPlace(3, 'x', value, 8))
    const perColumn = Array.from({ length: 8 }, (_, c) => places.filter(([column]) => column === c).length)
    // 250 expected in each, deviation about 15.
    for (const count of perColumn) expect(Math.abs(count - 250)).toBeLessThan(75)
    expect(Math.abs(places.reduce((sum, [, sign]) => sum + sign, 0))).toBeLessThan(225)
  })
})

describe('texts', () => {
  test('words', () => {
    expect(wordsOf('Fast, FAST cars—naïve café 42!')).toEqual(['fast', 'fast', 'cars', 'naïve', 'café', '42'])
    expect(wordsOf('推荐系统 ok 好')).toEqual(['推荐', '荐系', '系统', 'ok', '好'])
  })

  test('TF-IDF: rows of length 1, rare words weigh more, words of one row are left out', () => {
    const got = features(column('red car', 'red red boat', 'red car once', null), ['x=tfidf'])
    expect(got.names).toEqual(['x~red', 'x~car', 'x=(missing)'])
    const [red, car] = [1, 1 + Math.log(4 / 3)]
    const length = Math.hypot(red, car)
    expect(rounded(dense(got))).toEqual(
      rounded([
        [red / length, car / length, 0],
        [1, 0, 0],
        [red / length, car / length, 0],
        [0, 0, 1],
      ]),
    )
    expect(
      rounded(dense(features(column('blue'), ['x=tfidf'], { fitted: column('red car', 'red car') }))),
    ).toEqual(rounded([[0, 0]]))
  })
})

describe('dates', () => {
  test('a number of days, scaled', () => {
    expect(rounded(dense(features(column('2024-01-01', '2024-01-03', '2024-01-05'), [])))).toEqual(
      rounded([-1, 0, 1].map((d) => [d * Math.sqrt(1.5)])),
    )
  })

  test('circles: midsummer is opposite to midwinter, and the same time of another year is the same point', () => {
    const year = 365.2425 * 86_400_000
    const got = features(column(1e12, 0.5 * year + 1e12, 1e12 + year), ['x=date(cyclic)'])
    expect(got.names).toEqual([
      'x',
      'x year sin',
      'x year cos',
      'x week sin',
      'x week cos',
      'x day sin',
      'x day cos',
    ])
    const [a, b, c] = dense(got)
    expect(rounded([[a[1], a[2]]])).toEqual(rounded([[-b[1], -b[2]]]))
    expect(rounded([[a[1], a[2]]])).toEqual(rounded([[c[1], c[2]]]))
  })

  test('midnights have no time of day; bad dates say where', () => {
    const got = features(column('2024-01-01', '2024-02-03', null), ['x=date(cyclic)'])
    expect(got.names.filter((name) => name.includes('day'))).toEqual([])
    expect(dense(got)[2].slice(1)).toEqual([0, 0, 0, 0, 1])
    expect(() => features(column('2024-01-01', 'soon'), ['x=date'])).toThrow(
      /record:2, column "x": expected epoch seconds.*"soon"/,
    )
  })
})
