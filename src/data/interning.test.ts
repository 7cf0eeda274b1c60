import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { InternTable } from './interning.ts'

/** Every text of up to `longest` of the bytes. */
function texts(bytes: readonly number[], longest: number): number[][] {
  const all: number[][] = [[]]
  for (let from = 0, length = 1; length <= longest; length++) {
    const to = all.length
    for (; from < to; from++) for (const byte of bytes) all.push([...all[from], byte])
  }
  return all
}

test('tells texts apart by every byte and by their length, zeros included, through growth', () => {
  const table = new InternTable(1)
  const all = texts([0, 255], 11)
  all.forEach((text, row) => {
    const bytes = Uint8Array.from(text)
    expect(table.find(bytes, 0, bytes.length)).toBe(-1)
    expect(table.intern(bytes, 0, bytes.length)).toBe(row)
  })
  table.trim()
  expect(table.size).toBe(all.length)
  all.forEach((text, row) => {
    expect([...table.text(row)]).toEqual(text)
    expect(table.intern(Uint8Array.from(text), 0, text.length)).toBe(row)
  })
})

test('what stands around a text does not matter, nor that nothing does', () => {
  const rng = new Random(4)
  for (let length = 0; length <= 20; length++) {
    const table = new InternTable()
    const text = Uint8Array.from({ length }, () => rng.int(256))
    expect(table.intern(text, 0, length)).toBe(0)
    for (let round = 0; round < 20; round++) {
      const around = Uint8Array.from({ length: length + 24 }, () => rng.int(256))
      const start = rng.int(25)
      around.set(text, start)
      expect(table.find(around, start, start + length)).toBe(0)
    }
    const other = text.slice()
    for (let i = 0; i < length; i++) {
      other[i] ^= 1
      expect(table.find(other, 0, length)).toBe(-1)
      other[i] ^= 1
    }
  }
})
