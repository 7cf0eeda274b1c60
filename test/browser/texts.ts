/** The texts of the dashboard, for tests that go through it in both languages. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Answers the text of `page.key.of.it` with its places filled in. */
export function textsOf(language: 'en' | 'zh-CN') {
  const files = new Map<string, unknown>()
  return (path: string, places: Readonly<Record<string, string | number>> = {}): string => {
    const [page, ...keys] = path.split('.')
    const folder = fileURLToPath(new URL(`../../web/src/locales/${language}/`, import.meta.url))
    if (!files.has(page)) files.set(page, JSON.parse(readFileSync(`${folder}${page}.json`, 'utf8')))
    const found = keys.reduce(
      (tree, key) => (tree as Readonly<Record<string, unknown>> | undefined)?.[key],
      files.get(page),
    )
    if (typeof found !== 'string') throw new Error(`there is no text ${path} in ${language}`)
    return found.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(places[name]))
  }
}
