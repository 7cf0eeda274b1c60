/** Both languages have the same texts, none empty, with the same places to fill in. */
import { expect, test } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (language: string): string =>
  fileURLToPath(new URL(`../../web/src/locales/${language}/`, import.meta.url))
const files = readdirSync(at('en')).filter((name) => name.endsWith('.json'))

type Tree = { readonly [key: string]: string | Tree }

/** Key → places. Chinese has one form of a noun, English two: plural endings count as one key. */
function texts(language: string, file: string): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (tree: Tree, path: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      const name = `${path}${key.replace(/_(one|other)$/, '')}`
      if (typeof value === 'object') walk(value, `${name}.`)
      else {
        expect([name, value.trim()]).not.toEqual([name, ''])
        const places = [...value.matchAll(/\{\{(\w+)/g)].map((match) => match[1] ?? '').sort()
        const before = found.get(name)
        found.set(name, [...new Set([...(before ? before.split(' ') : []), ...places])].join(' '))
      }
    }
  }
  walk(JSON.parse(readFileSync(at(language) + file, 'utf8')) as Tree, '')
  return found
}

test('there are the same files', () => {
  expect(readdirSync(at('zh-CN')).sort()).toEqual(readdirSync(at('en')).sort())
  expect(files.length).toBeGreaterThan(8)
})

test.each(files)('%s has the same texts', (file) => {
  const english = texts('en', file)
  expect(english.size).toBeGreaterThan(0)
  expect(Object.fromEntries(texts('zh-CN', file))).toEqual(Object.fromEntries(english))
})

test('Chinese is set with Chinese punctuation', () => {
  const wrong = files.flatMap((file) =>
    [...readFileSync(at('zh-CN') + file, 'utf8').matchAll(/.{0,10}\p{Script=Han}[,:;?!(].{0,10}/gu)].map(
      ([found]) => `${file}: ${found}`,
    ),
  )
  expect(wrong).toEqual([])
})
