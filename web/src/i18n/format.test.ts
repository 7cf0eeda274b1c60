import { expect, test } from 'vitest'
import { formatOf } from './format.ts'

test('numbers, shares and lists in both languages', () => {
  const [english, chinese] = [formatOf('en'), formatOf('zh-CN')]
  expect(english.whole(12345.6)).toBe('12,346')
  expect(english.fixed(0.12345)).toBe('0.123')
  expect(english.share(0.256)).toBe('26%')
  expect(chinese.share(0.256, 1)).toBe('25.6%')
  expect(english.list(['a', 'b', 'c'])).toBe('a, b, and c')
  expect(chinese.list(['甲', '乙'])).toBe('甲和乙')
})

test('how long, and how long ago, in the unit that fits', () => {
  const english = formatOf('en')
  expect(english.duration(0.5)).toBe('0.5 sec')
  expect(english.duration(42)).toBe('42 sec')
  expect(english.duration(90)).toBe('1.5 min')
  expect(english.duration(7200)).toBe('2 hr')
  expect(english.ago(0, 120_000)).toBe('2 minutes ago')
  expect(english.ago(86_400_000, 0)).toBe('tomorrow')
  expect(formatOf('zh-CN').ago(0, 3_600_000)).toBe('1小时前')
})
