import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder } from '../../test/run-cli.ts'

let folder: Folder
let place: string[]
const json = async (...args: string[]) => {
  const ran = await homophily([...args, '--json', ...place])
  expect([ran.code, ran.err]).toEqual([0, ''])
  return JSON.parse(ran.out)
}
const fails = async (...args: string[]): Promise<string> => {
  const ran = await homophily([...args, ...place])
  expect(ran.code).not.toBe(0)
  return ran.err
}

/** Forty people in two halves, those who drink tea and those who drink coffee; the last of the first half has an odd id. */
const idOf = (u: number): string => (u === 19 ? 'u/19,"é"' : `u${u}`)
const csv = (id: string): string => `"${id.replaceAll('"', '""')}"`
const eventsOf = (from: number, to: number, side: (u: number) => number): string =>
  Array.from({ length: to - from }, (_, k) => from + k)
    .flatMap((u) =>
      Array.from(
        { length: 8 },
        (_, i) => `${csv(idOf(u))},${side(u) === 0 ? 'tea' : 'coffee'}-${(u + i) % 10}`,
      ),
    )
    .join('\n')

beforeAll(async () => {
  folder = temporaryFolder()
  place = ['--workspace', folder.file('workspace')]
  folder.file('events.csv', `user,item\n${eventsOf(0, 40, (u) => (u < 20 ? 0 : 1))}\n`)
  folder.file(
    'users.csv',
    `user,age,city\n${Array.from({ length: 40 }, (_, u) => `${csv(idOf(u))},${u < 20 ? 20 + (u % 5) : 60},${u < 20 ? 'oslo' : 'rome'}`).join('\n')}\n`,
  )
  folder.file(
    'items.csv',
    `item,title,drink\n${['tea', 'coffee'].flatMap((kind) => Array.from({ length: 10 }, (_, i) => `${kind}-${i},${kind} number ${i},${kind}`)).join('\n')}\n`,
  )
  const trained = await homophily([
    'train',
    'lightgcn',
    folder.file('events.csv'),
    '--name',
    'shop',
    '--dim',
    '8',
    '--epochs',
    '40',
    '--split',
    'none',
    ...place,
  ])
  if (trained.code !== 0) throw new Error(trained.err)
}, 120_000)
afterAll(() => folder.remove())

describe('homophily segments', () => {
  it('is built on a model, with attributes from files', async () => {
    const files = ['--users', folder.file('users.csv'), '--items', folder.file('items.csv')]
    const ran = await homophily([
      'segments',
      'build',
      'shop',
      '--clusters',
      '2',
      '--stability-runs',
      '2',
      ...files,
      ...place,
    ])
    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/segments, version 1: 2 segments of 40 users/)
    expect(ran.out).toMatch(/likes drink tea × 2\.0/)
    const { segments, quality, comparisons } = await json('segments', 'list')
    expect(segments.map(({ size }: { size: number }) => size)).toEqual([20, 20])
    expect(quality.stability).toEqual({ ari: 1, runs: 2, over: 'bootstrap' })
    expect(comparisons).toBeGreaterThan(20)
    const tea = segments.find(({ name }: { name: string }) => /oslo|tea/.test(name))
    expect(tea.attributes.find((each: { value: string }) => each.value === 'oslo')).toMatchObject({
      share: 1,
      lift: 2,
    })
    expect(tea.items[0].title).toMatch(/^tea number/)
    const shown = await homophily(['segments', 'show', tea.id, ...place])
    expect(shown.out).toMatch(/city +oslo +20 +100\.0 % +50\.0 % +2\.00/)
    expect(shown.out).toMatch(/age +22\.00/)
  })

  it('writes members, in any format', async () => {
    const { segments } = await json('segments', 'list')
    const first = segments.find(({ name }: { name: string }) => /oslo|tea/.test(name)).id as string
    const shown = await homophily(['segments', 'members', first, ...place])
    expect(shown.out).toMatch(/^id,distance\n/)
    expect(shown.out).toContain('"u/19,""é"""')
    expect(shown.out.trimEnd().split('\n').length).toBe(21)
    for (const name of ['out.csv', 'out.jsonl', 'out.parquet']) {
      const out = folder.file(name)
      await json('segments', 'members', first, '--out', out)
      expect(existsSync(out)).toBe(true)
    }
    expect(readFileSync(folder.file('out.jsonl'), 'utf8').split('\n').length).toBe(21)
    expect(readFileSync(folder.file('out.parquet')).subarray(0, 4).toString()).toBe('PAR1')
    expect(await fails('segments', 'members', first, '--format', 'parquet')).toMatch(/--out <file>/)
    expect(await fails('segments', 'members', 's9')).toMatch(/unknown segment of segments, version 1, "s9"/)
  })

  it('keeps ids and names over a retraining, and tells who moved', async () => {
    const { segments } = await json('segments', 'list')
    const tea = segments.find(({ name }: { name: string }) => /oslo|tea/.test(name)).id as string
    const coffee = segments.find(({ id }: { id: string }) => id !== tea).id as string
    await json('segments', 'rename', tea, 'Tea drinkers')
    // u0 and u1 turn to coffee, u39 is gone, u40 is new.
    folder.file(
      'later.csv',
      `user,item\n${eventsOf(0, 2, () => 1)}\n${eventsOf(2, 39, (u) => (u < 20 ? 0 : 1))}\n${eventsOf(40, 41, () => 1)}\n`,
    )
    const trained = await homophily([
      'train',
      'lightgcn',
      folder.file('later.csv'),
      '--name',
      'shop',
      '--dim',
      '8',
      '--epochs',
      '40',
      '--seed',
      '2',
      '--split',
      'none',
      ...place,
    ])
    expect(trained.out).toMatch(/turned onto those of version 1/)
    await json('segments', 'build', 'shop', '--clusters', '2', '--stability-runs', '0')
    const again = await json('segments', 'list')
    expect(again.version).toBe(2)
    expect(again.start).toMatchObject({ from: 1, kept: true })
    expect((await homophily(['segments', 'list', ...place])).out).toMatch(/Begun where version 1 was \(\d/)
    expect(again.segments.find(({ id }: { id: string }) => id === tea).name).toBe('Tea drinkers')
    // The attributes were in files that were not named this time.
    expect(again.segments.flatMap(({ attributes }: { attributes: unknown[] }) => attributes)).toEqual([])
    const churn = await json('segments', 'churn', '--out', folder.file('movers.csv'))
    expect(churn).toMatchObject({ from: 1, to: 2, shared: 39, moved: 2, arrived: 1, left: 1, changes: [] })
    expect(readFileSync(folder.file('movers.csv'), 'utf8')).toBe(
      `id,from,to\nu0,${tea},${coffee}\nu1,${tea},${coffee}\n`,
    )
    const text = await homophily(['segments', 'churn', ...place])
    expect(text.out).toMatch(/of 39 users of both 2 moved and 37 stayed; 1 user new, 1 user gone/)
    const drift = await json('models', 'drift', 'shop')
    expect(drift).toMatchObject({ version: 2, against: 1, users: { shared: 39 } })
    expect(
      drift.users.most
        .slice(0, 2)
        .map(({ id }: { id: string }) => id)
        .sort(),
    ).toEqual(['u0', 'u1'])
    expect((await homophily(['models', 'drift', 'shop', '--top', '2', ...place])).out).toMatch(
      /Users that moved most:\n +u[01] /,
    )
    expect(await fails('models', 'drift', 'shop', '--version', '1')).toMatch(
      /cannot be compared with one before/,
    )
  })

  it('begins where the version before was, or from fresh seeds, and says which', async () => {
    const startOf = async (...more: string[]): Promise<unknown> => {
      const built = [...more, '--stability-runs', '0', '--segmentation', 'starts']
      return (await json('segments', 'build', ...built)).start
    }
    const users = ['--users', folder.file('users.csv')]
    expect(await startOf('shop', '--clusters', '2')).toEqual({ reason: 'there were no segments before' })
    expect(await startOf('shop', '--clusters', '2')).toMatchObject({ from: 1, kept: true })
    expect(await startOf('shop', '--clusters', '2', '--initial', 'seeds')).toEqual({
      reason: 'fresh seeds were asked for',
    })
    expect(await startOf('attributes', ...users, '--clusters', '2')).toEqual({
      reason: 'the segments before are of another space, shop',
    })
    expect(await fails('segments', 'build', 'shop', '--initial', 'nowhere')).toMatch(/previous, seeds/)
  })

  it('is built on attributes alone, on vectors of a file, and says what is missing', async () => {
    const users = ['--users', folder.file('users.csv')]
    const built = await json(
      'segments',
      'build',
      'attributes',
      '--clusters',
      '2',
      '--segmentation',
      'who',
      ...users,
    )
    expect(built.segments.map(({ size }: { size: number }) => size)).toEqual([20, 20])
    folder.file('v.vec', `4 2\na 1 0\nb 1 0.1\nc 0 1\nd 0.1 1\n`)
    const vectors = await json(
      'segments',
      'build',
      '--vectors',
      folder.file('v.vec'),
      '--clusters',
      '2',
      '--segmentation',
      'v',
    )
    expect(vectors.segments.map(({ name, size }: { name: string; size: number }) => [name, size])).toEqual([
      ['s1', 2],
      ['s2', 2],
    ])
    expect(await fails('segments', 'build', 'attributes')).toMatch(/there are no attributes/)
    expect(await fails('segments', 'build')).toMatch(/the name of a model, attributes, or --vectors/)
    expect(await fails('segments', 'build', 'nobody')).toMatch(/unknown model "nobody"/)
    expect(await fails('segments', 'build', 'shop', '--segmentation', 'shop')).toMatch(
      /that of another model/,
    )
    expect(await fails('segments', 'build', 'shop', '--config', '[1]')).toMatch(/a JSON object/)
    expect(await fails('segments', 'list', '--segmentation', 'none')).toMatch(/homophily segments build/)
    expect(await fails('segments', 'list', '--segmentation', 'shop')).toMatch(/another model, shop/)
    expect(await fails('segments', 'churn', '--segmentation', 'who')).toMatch(/no version before version 1/)
    expect(await fails('segments', 'rename', 's1', ' ', '--segmentation', 'who')).toMatch(
      /1 to 200 characters/,
    )
  })
})
