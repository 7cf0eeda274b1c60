import { expect, test } from 'vitest'
import { Kept } from './kept.ts'

test('loads once for all who ask, and lets go of what was used longest ago', async () => {
  const kept = new Kept<string>(2)
  const loaded: string[] = []
  const get = (key: string): Promise<string> =>
    kept.get(key, async () => {
      loaded.push(key)
      return key.toUpperCase()
    })
  expect(await Promise.all([get('a'), get('a'), get('b')])).toEqual(['A', 'A', 'B'])
  await get('a')
  await get('c')
  expect(loaded).toEqual(['a', 'b', 'c'])
  await get('a')
  await get('b')
  expect(loaded).toEqual(['a', 'b', 'c', 'b'])
})

test('what failed is tried again', async () => {
  const kept = new Kept<number>(2)
  let attempts = 0
  const get = (): Promise<number> =>
    kept.get('a', async () => {
      attempts++
      if (attempts === 1) throw new Error('not now')
      return attempts
    })
  await expect(get()).rejects.toThrow('not now')
  expect(await get()).toBe(2)
  expect(await get()).toBe(2)
})
