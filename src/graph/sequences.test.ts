import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSequences, type Sequences, sequencesFrom } from './sequences.ts'

/** `user: item item`, in order. */
function shown({ users, items, sentences: { tokens, offsets } }: Sequences): string[] {
  return users.ids().map((user, u) => {
    const own = [...tokens.subarray(offsets[u], offsets[u + 1])].map((row) => items.id(row))
    return `${user}: ${own.join(' ')}`
  })
}

test('events are sorted by time within a user; repeated items and ties stay in input order', () => {
  const sequences = sequencesFrom([
    { user: 'a', item: 'x', time: 30 },
    { user: 'b', item: 'y', time: 5 },
    { user: 'a', item: 'y', time: 10 },
    { user: 'a', item: 'x', time: 10 },
    { user: 'b', item: 'y', time: 5 },
  ])
  expect(shown(sequences)).toEqual(['a: y x x', 'b: y y'])
  expect([...sequences.times!]).toEqual([10, 10, 30, 5, 5])
})

test('without times the input order is the order', () => {
  const sequences = sequencesFrom(['x', 'z', 'x', 'y'].map((item) => ({ user: 'a', item })))
  expect(shown(sequences)).toEqual(['a: x z x y'])
  expect(sequences.times).toBeNull()
  expect(sequencesFrom([]).sentences.offsets).toEqual(Uint32Array.of(0))
})

test('files keep their repetitions, and the report accounts for every row', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-sequences-'))
  try {
    const file = join(folder, 'events.csv')
    writeFileSync(file, 'user,item,timestamp\nu,b,20\nu,a,10\nu,b,30\nu,,40\n')
    const { sequences, report } = await readSequences(file, { maxBadRows: 0.5 })
    expect(shown(sequences)).toEqual(['u: a b b'])
    expect(report).toMatchObject({ rows: 4, kept: 3, bad: 1, duplicates: 0, timeRange: [10_000, 30_000] })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
