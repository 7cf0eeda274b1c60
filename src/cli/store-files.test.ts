import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { homophily, temporaryFolder } from '../../test/run-cli.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const workspace = ['--workspace', folder.file('ws')]

test('what is imported is exported, and a file imported twice is stored once', async () => {
  const file = folder.file('e.tsv', 'who\twhat\tat\nann\tlamp\t1700000000\nbob\tlamp\t1700000001\n')
  const args = [
    'import',
    'events',
    file,
    '--map',
    'user=who',
    '--map',
    'item=what',
    '--map',
    'time=at',
    ...workspace,
  ]
  const dry = await homophily([...args, '--dry-run'])
  expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('2 rows can be stored; nothing was')])
  const first = await homophily(args)
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('2 of 2 rows stored as events')])
  const { out } = await homophily([...args, '--json'])
  expect(JSON.parse(out)).toMatchObject({ stored: 0, duplicates: 2, rows: 2 })
  const csv = folder.file('out.csv')
  expect((await homophily(['export', 'events', csv, ...workspace])).code).toBe(0)
  expect(readFileSync(csv, 'utf8')).toMatch(/\n\S+,ann,lamp,interaction,1,2023-11-14T22:13:20.000Z,\n/)
})

test('attributes, relations, and files that are not what they should be', async () => {
  const users = folder.file('u.csv', 'id,age,zip\nann,30,02134\nbob,,1\n')
  const kept = ['--attributes', 'age,zip', '--types', 'zip=text']
  expect((await homophily(['import', 'users', users, ...kept, ...workspace])).code).toBe(0)
  const out = folder.file('u.jsonl')
  await homophily(['export', 'users', out, ...workspace])
  expect(readFileSync(out, 'utf8')).toBe('{"id":"ann","age":30,"zip":"02134"}\n{"id":"bob","zip":"1"}\n')

  const relations = folder.file('r.csv', 'source,target\nann,bob\nann,\n')
  const refused = await homophily(['import', 'relations', relations, ...workspace])
  expect(refused.code).toBe(3)
  expect(refused.err).toContain('line 3: target: expected a non-empty id in UTF-8, got nothing')
  const most = await homophily([
    'import',
    'relations',
    relations,
    '--max-bad-rows',
    '0.5',
    '--type',
    'follows',
    ...workspace,
  ])
  expect(most.out).toContain('1 of 2 rows stored as relations, 1 left out')
  const wrong = await homophily(['import', 'events', users, '--map', 'user', ...workspace])
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--map')])
  const none = await homophily(['import', 'events', users, ...workspace])
  expect(none.err).toContain('Name it with --map user=<column>')
  expect((await homophily(['export', 'users', folder.file('u.xls'), ...workspace])).code).toBe(3)
})
