import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { parseNumber, parseTime } from './values.ts'

const bytes = (text: string): [Uint8Array, number, number] => {
  const padded = new TextEncoder().encode(`5${text}7`)
  return [padded, 1, padded.length - 1]
}
const number = (text: string): number => parseNumber(...bytes(text))
const time = (text: string): number => parseTime(...bytes(text))

describe('parseNumber', () => {
  test('agrees with Number on decimals', () => {
    const check = (text: string): void => expect(number(text)).toBe(Number(text))
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.nat(6),
        (x, n, places) => {
          check(String(x))
          check((n / 1000).toFixed(places))
        },
      ),
    )
    for (const text of ['.5', '5.', '-0.25', '+3', ' 4 ', '1e3', '123456789012345678901'])
      expect(number(text)).toBe(Number(text))
  })
  test.each([
    '',
    ' ',
    '-',
    '.',
    'abc',
    '1,5',
    '0x10',
    'Infinity',
    'NaN',
    '1e999',
    '1_000',
    '--1',
    '1.2.3',
    '5 6',
  ])('%j is none', (text) => {
    expect(number(text)).toBeNaN()
  })
})

describe('parseTime', () => {
  test.each([
    ['0', 0],
    ['1500000000', 1_500_000_000_000],
    ['1500000000.25', 1_500_000_000_250],
    ['99999999999', 99_999_999_999_000],
    ['100000000000', 100_000_000_000],
    ['1500000000123', 1_500_000_000_123],
    ['1500000000123456', 1_500_000_000_123.456],
    ['1500000000123456789', 1_500_000_000_123.4568],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2024-01-02T03:04', Date.UTC(2024, 0, 2, 3, 4)],
    ['2024-01-02 03:04:05', Date.UTC(2024, 0, 2, 3, 4, 5)],
    ['2024-01-02T03:04:05.123Z', Date.UTC(2024, 0, 2, 3, 4, 5, 123)],
    ['2024-01-02T03:04:05.123456+02:00', Date.UTC(2024, 0, 2, 1, 4, 5, 123)],
    ['2024-01-02T03:04:05-0530', Date.UTC(2024, 0, 2, 8, 34, 5)],
    ['1969-12-31T23:59:59Z', -1000],
    ['0050-01-01', new Date('0050-01-01').getTime()],
  ])('%s', (text, expected) => expect(time(text)).toBeCloseTo(expected, 3))

  test.each([
    '',
    'yesterday',
    '2024-13-01',
    '2024-02-30',
    '2023-02-29',
    '01/02/2024',
    '2024-1-2',
    '2024-01-02T',
    '2024-01-02T25:00',
    '2024-01-02T03:04:05+2',
    '2024-01-02T03:04:05 UTC',
    '2024-01-02X03:04',
    '2024-01-02T03:04:',
    '2024-01-02T03:04:05Z ',
  ])('%j is none', (text) => expect(time(text)).toBeNaN())

  test('agrees with Date on ISO strings', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(time(date.toISOString())).toBe(date.getTime())
        },
      ),
    )
  })
})
