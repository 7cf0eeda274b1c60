import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { Vocabulary } from './vocabulary.ts'

describe('Vocabulary', () => {
  test('numbers ids in the order given, whatever they contain', () => {
    const ids = [
      '007',
      '7',
      'a/b',
      'x,"y"\nz',
      '',
      '\u0000',
      'é'.repeat(100),
      '用户',
      '😀',
      '__proto__',
      ' 7',
    ]
    const vocabulary = Vocabulary.from(ids)
    expect(vocabulary.size).toBe(ids.length)
    expect(vocabulary.ids()).toEqual(ids)
    expect(ids.map((id) => vocabulary.row(id))).toEqual(ids.map((_, row) => row))
    expect(vocabulary.row('8')).toBe(-1)
  })

  test('keeps a leading byte order mark that is part of an id', () => {
    expect(Vocabulary.from(['\ufeffa', 'a']).ids()).toEqual(['\ufeffa', 'a'])
  })

  test('agrees with an array of distinct strings, through growth and rehashing', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 2000 }),
        (ids) => {
          const vocabulary = Vocabulary.from(ids)
          expect([...vocabulary]).toEqual(ids)
          expect(ids.every((id, row) => vocabulary.row(id) === row && vocabulary.id(row) === id)).toBe(true)
        },
      ),
      { numRuns: 30 },
    )
    const many = Array.from({ length: 50_000 }, (_, i) => `item-${i}`)
    const vocabulary = Vocabulary.from(many)
    expect(many.every((id, row) => vocabulary.row(id) === row)).toBe(true)
  })

  test('refuses a duplicate, a row that is not there, and an unknown name', () => {
    expect(() => Vocabulary.from(['a', 'b', 'a'])).toThrow(
      'expected every id once, got "a" at positions 0 and 2',
    )
    const vocabulary = Vocabulary.from(['lamp-17', 'chair-3'])
    for (const row of [-1, 2, 0.5, NaN])
      expect(() => vocabulary.id(row)).toThrow('expected a row from 0 to 1')
    expect(vocabulary.rowOrThrow('chair-3', 'item')).toBe(1)
    expect(() => vocabulary.rowOrThrow('lamp-71', 'item')).toThrow(/unknown item "lamp-71"; known: "lamp-17"/)
  })

  test('works when it is empty', () => {
    const vocabulary = Vocabulary.from([])
    expect(vocabulary.size).toBe(0)
    expect(vocabulary.row('a')).toBe(-1)
    expect(vocabulary.ids()).toEqual([])
  })
})
