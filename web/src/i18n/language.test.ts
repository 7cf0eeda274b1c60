import { expect, test } from 'vitest'
import { pickLanguage } from './index.ts'

test.each([
  [['zh-TW', 'en'], 'zh-CN'],
  [['fr', 'en-GB', 'zh'], 'en'],
  [['ZH'], 'zh-CN'],
  [['de', 'fr'], 'en'],
  [[], 'en'],
])('%j is served in %s', (wanted, language) => {
  expect(pickLanguage(wanted)).toBe(language)
})
