import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder, twoGroups } from '../../test/run-cli.ts'

let folder: Folder
let test: string
let place: string[]

beforeAll(async () => {
  folder = temporaryFolder()
  const groups = twoGroups()
  const train = folder.file('train.csv', groups.train)
  test = folder.file('test.csv', groups.test)
  place = ['--workspace', folder.file('workspace')]
  for (let version = 1; version <= 2; version++) {
    const { code } = await homophily([
      'train',
      'ease',
      train,
      '--test',
      test,
      '--l2',
      String(version),
      '--name',
      'm',
      ...place,
    ])
    if (code !== 0) throw new Error(`training ended with ${code}`)
  }
})
afterAll(() => folder.remove())

describe('recommend', () => {
  it('puts the missing item of the group first', async () => {
    const { code, out } = await homophily([
      'recommend',
      'm',
      '--user',
      'u0',
      '--user',
      'u3',
      '-n',
      '2',
      ...place,
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/^For u0 \(5 items in training\)\n {2}1 {2}i0 /)
    expect(out).toMatch(/\n\nFor u3 \(5 items in training\)\n {2}1 {2}i3 /)
  })

  it('answers JSON', async () => {
    const { out } = await homophily(['recommend', 'm', '--user', 'u0', '-n', '1', '--json', ...place])
    expect(JSON.parse(out)).toMatchObject({
      command: 'recommend',
      model: 'm',
      recommendations: [{ user: 'u0', items: [{ id: 'i0' }] }],
    })
  })

  it('leaves out --exclude, and takes in what is seen with --include-seen', async () => {
    const excluded = JSON.parse(
      (await homophily(['recommend', 'm', '--user', 'u0', '-n', '12', '--exclude', 'i0', '--json', ...place]))
        .out,
    )
    expect(excluded.recommendations[0].items.map((item: { id: string }) => item.id)).not.toContain('i0')
    const seen = JSON.parse(
      (await homophily(['recommend', 'm', '--user', 'u0', '-n', '12', '--include-seen', '--json', ...place]))
        .out,
    )
    expect(seen.recommendations[0].items).toHaveLength(12)
  })

  it('writes all users to CSV and JSON Lines', async () => {
    const csv = folder.file('all.csv')
    expect((await homophily(['recommend', 'm', '--all', '-n', '1', '--output', csv, ...place])).code).toBe(0)
    const lines = readFileSync(csv, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(25)
    expect(lines[0]).toBe('user,rank,item,score')
    expect(lines[1]).toMatch(/^u0,1,i0,[\d.]+$/)
    const jsonl = folder.file('all.jsonl')
    await homophily(['recommend', 'm', '--all', '-n', '1', '--output', jsonl, ...place])
    const rows = readFileSync(jsonl, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows).toHaveLength(24)
    expect(rows[3]).toMatchObject({ user: 'u3', items: [{ id: 'i3' }] })
  })

  it('reads users from a file, and refuses all of them when one is unknown', async () => {
    const users = folder.file('users.txt', 'u0\r\nu3\n')
    const { out } = await homophily(['recommend', 'm', '--users', users, '-n', '1', ...place])
    expect(out).toMatch(/^user,rank,item,score\nu0,1,i0,.*\nu3,1,i3,.*\n$/)
    const target = folder.file('none.csv')
    const unknown = folder.file('unknown.txt', 'u0\nu333\n')
    const refused = await homophily(['recommend', 'm', '--users', unknown, '--output', target, ...place])
    expect(refused.code).toBe(4)
    expect(refused.err).toContain('unknown user "u333"; nearest: ')
    expect(readdirSync(folder.path)).not.toContain('none.csv')
  })

  it('quotes ids with commas, quotes and line breaks', async () => {
    const item = 'a,"b"\nc'
    const lines = ['user,item']
    for (const user of ['x', 'y', 'z'])
      for (const id of [item, 'd', 'e'])
        if (!(user === 'z' && id === item)) lines.push(`${user},"${id.replaceAll('"', '""')}"`)
    const file = folder.file('odd.csv', `${lines.join('\n')}\n`)
    expect(
      (await homophily(['train', 'popularity', file, '--split', 'none', '--name', 'odd', ...place])).code,
    ).toBe(0)
    const csv = folder.file('odd-out.csv')
    await homophily(['recommend', 'odd', '--user', 'z', '--output', csv, ...place])
    expect(readFileSync(csv, 'utf8')).toBe('user,rank,item,score\nz,1,"a,""b""\nc",2\n')
  })
})

describe('similar', () => {
  it('finds the items and users of the group', async () => {
    const items = JSON.parse(
      (await homophily(['similar', 'm', '--item', 'i0', '-n', '5', '--json', ...place])).out,
    )
    expect(items.similar.map((each: { id: string }) => each.id).sort()).toEqual([
      'i10',
      'i2',
      'i4',
      'i6',
      'i8',
    ])
    const { out } = await homophily(['similar', 'm', '--user', 'u1', '-n', '3', ...place])
    expect(out).toMatch(/^Like user u1\n {2}1 {2}u\d*[13579] /)
  })
})

describe('evaluate', () => {
  it('measures a saved model on a file', async () => {
    const { code, out } = await homophily(['evaluate', 'm', '--test', test, '--k', '1', ...place])
    expect(code).toBe(0)
    expect(out).toMatch(/recall +1\.000/)
    const value = JSON.parse(
      (await homophily(['evaluate', 'm', '--test', test, '--k', '1', '--version', '1', '--json', ...place]))
        .out,
    )
    expect(value).toMatchObject({
      command: 'evaluate',
      model: 'm',
      method: 'ease',
      config: { l2: 1 },
      evaluation: { means: { 'ndcg@1': 1 } },
    })
  })
})

describe('models', () => {
  it('lists, shows, rolls back and deletes', async () => {
    const list = JSON.parse((await homophily(['models', 'list', '--json', ...place])).out)
    expect(list.models).toContainEqual({ name: 'm', current: 2, versions: [1, 2] })
    expect((await homophily(['models', 'list', ...place])).out).toMatch(
      /^m +2 +2 +recommend +ease +\d\.\d{4} /m,
    )
    expect((await homophily(['models', 'show', 'm', ...place])).out).toMatch(
      /version 2 \(in service\)\n {2}method +ease, seed 1\n {2}settings +l2=2/,
    )

    expect((await homophily(['models', 'rollback', 'm', ...place])).out).toBe(
      'Version 1 of m is in service.\n',
    )
    expect((await homophily(['models', 'rollback', 'm', ...place])).code).toBe(4)
    expect((await homophily(['models', 'delete', 'm', '--version', '1', ...place])).code).toBe(2)
    expect((await homophily(['models', 'rollback', 'm', '--to', '2', '--json', ...place])).out).toContain(
      '"version": 2',
    )
    expect((await homophily(['models', 'delete', 'm', '--version', '1', ...place])).out).toBe(
      'Deleted version 1 of m.\n',
    )
    expect((await homophily(['models', 'delete', 'm', ...place])).out).toBe('Deleted m with 1 version.\n')
    expect((await homophily(['recommend', 'm', '--user', 'u0', ...place])).code).toBe(4)
  })

  it('says what to do where there are none', async () => {
    const { code, out } = await homophily(['models', 'list', '--workspace', folder.file('nowhere')])
    expect(code).toBe(0)
    expect(out).toContain('Train one: homophily train <method> <file>')
    expect(readdirSync(folder.path)).not.toContain('nowhere')
  })
})
