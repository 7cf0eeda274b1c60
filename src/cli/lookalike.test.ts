import { readFileSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder } from '../../test/run-cli.ts'
import { readIds } from '../data/read-ids.ts'
import { storePath } from '../workspace/store/database.ts'
import { openStore } from '../workspace/store/store.ts'

let folder: Folder
let place: string[]
/** Users 0 … 59 like the items of their kind: u0, u3, u6 … the first. */
const kind = (k: number): string[] => Array.from({ length: 20 }, (_, i) => `u${3 * i + k}`)

beforeAll(async () => {
  folder = temporaryFolder()
  place = ['--workspace', folder.file('workspace'), '--quiet']
  const rows = Array.from({ length: 60 }, (_, u) =>
    Array.from({ length: 8 }, (_, j) => `u${u},i${3 * ((u + j * 7) % 12) + (u % 3)}`),
  ).flat()
  const events = folder.file('events.csv', `user,item\n${rows.join('\n')}\n`)
  const ran = await homophily([
    'train',
    'fast-lightgcn',
    events,
    '--split',
    'none',
    '--dim',
    '8',
    '--name',
    'm',
    ...place,
  ])
  if (ran.code !== 0) throw new Error(ran.err)
})
afterAll(() => folder.remove())

const lookalike = (seeds: string, ...more: string[]) =>
  homophily(['lookalike', seeds, '--model', 'm', ...place, ...more])

describe('files of seeds', () => {
  it('have an id a line, or a column of users', async () => {
    const lines = folder.file('seeds.txt', 'u 1\r\n\n"a,b"\nu 1\n')
    expect(await readIds(lines)).toEqual(['u 1', '"a,b"', 'u 1'])
    const csv = folder.file('seeds.csv', 'score,User ID\n1,"a,b"\n2,\n3,c\n')
    expect(await readIds(csv)).toEqual(['a,b', 'c'])
    expect(await readIds(csv, { column: 'score' })).toEqual(['1', '2', '3'])
    expect(await readIds(csv, { format: 'lines' })).toEqual(['score,User ID', '1,"a,b"', '2,', '3,c'])
    const jsonl = folder.file('seeds.jsonl', '{"id": "x"}\n{"id": "y"}\n')
    expect(await readIds(jsonl)).toEqual(['x', 'y'])
    // A list without a header would lose its first id.
    await expect(readIds(folder.file('plain.csv', 'u1\nu2\n'))).rejects.toMatchObject({
      code: 'MISSING_COLUMN',
    })
  })

  it('without ids, with none that is known, with everybody: each says so', async () => {
    for (const [name, text, code, message] of [
      ['empty.txt', '', 3, /empty\.txt has no ids/],
      ['blank.txt', '\n\n', 3, /blank\.txt has no ids/],
      ['strangers.txt', 'x\ny\nx\n', 3, /none of the 2 seeds is known to m version 1 \(the first is "x"\)/],
      ['one.txt', 'u1\n', 2, /at least 2 seeds/],
      [
        'everybody.txt',
        [...kind(0), ...kind(1), ...kind(2), 'more', 'still more'].join('\n'),
        3,
        /nobody is left/,
      ],
    ] as const) {
      const ran = await lookalike(folder.file(name, text))
      expect([name, ran.code, ran.err]).toEqual([name, code, expect.stringMatching(message)])
    }
    const absent = await lookalike(folder.file('absent.txt'))
    expect([absent.code, absent.err]).toEqual([4, expect.stringMatching(/There is no file/)])
  })
})

describe('an audience', () => {
  it('is of the kind of the seeds; repeated ones count once, unknown ones are told', async () => {
    const seeds = folder.file('some.txt', [...kind(1).slice(0, 8), 'u1', 'who?'].join('\n'))
    const ran = await lookalike(seeds, '--size', '12', '--curve', '--json')
    const answer = JSON.parse(ran.out)
    expect(answer).toMatchObject({
      space: { name: 'm', version: 1 },
      seeds: { given: 9, known: 8, unknown: ['who?'] },
      total: 12,
      candidates: 52,
      warnings: [expect.stringMatching(/1 seed of .* unknown to m: "who\?"/)],
    })
    const ids = answer.members.map(({ id }: { id: string }) => id)
    expect(ids.toSorted()).toEqual(kind(1).slice(8).toSorted())
    const at = answer.curve.sizes.indexOf(12)
    expect(answer.curve.recall[at]).toBeGreaterThan(2 * answer.curve.random[at])
    // Everybody has eight items: the most active are as good as anybody.
    expect(answer.curve.popularity[at]).toBeCloseTo(answer.curve.random[at], 10)
    const text = await lookalike(seeds, '--size', '12', '--curve', '-n', '2')
    expect(text.out).toMatch(
      /Like 8 users by m, version 1 \(centroid\)\n12 users of 52 who could be \(narrow would be \d+, balanced \d+, broad \d+\)/,
    )
    expect(text.out).toMatch(/users +look-alikes +at random +most active/)
    expect(text.out).toMatch(/! 1 seed of/)
  })

  it('is written to files, without users who are suppressed', async () => {
    const seeds = folder.file('few.txt', kind(2).slice(0, 6).join('\n'))
    const [first, second] = kind(2).slice(6)
    const suppress = folder.file('suppress.csv', `user\n${first}\nnobody\n`)
    const files = ['out.csv', 'out.jsonl', 'out.parquet'].map((name) => folder.file(name))
    for (const out of files) {
      const ran = await lookalike(
        seeds,
        '--size',
        '13',
        '--suppress',
        suppress,
        '--out',
        out,
        '--method',
        'max-similarity',
      )
      expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/1 suppressed/)])
    }
    const lists = await Promise.all(files.map((file) => readIds(file)))
    expect(lists[0].toSorted()).toEqual(kind(2).slice(7).toSorted())
    expect(lists[0]).toContain(second)
    expect(lists[1]).toEqual(lists[0])
    expect(lists[2]).toEqual(lists[0])
    expect(readFileSync(files[0], 'utf8')).toMatch(/^id,score\nu\d+,[\d.]+\n/)
    const wrong = await lookalike(seeds, '--out', folder.file('out.txt'))
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/\.csv, \.jsonl or \.parquet/)])
  })

  it('is kept, listed, shown, exported, made anew, deleted', async () => {
    const seeds = folder.file('kept.txt', kind(0).slice(0, 6).join('\n'))
    const saved = await lookalike(seeds, '--size', '14', '--save', 'First kind', '--method', 'classifier')
    expect([saved.code, saved.out]).toEqual([0, expect.stringMatching(/Kept as audience first-kind/)])
    const again = await lookalike(seeds, '--size', '14', '--save', 'First kind')
    expect([again.code, again.err]).toEqual([1, expect.stringMatching(/a name that no audience has/)])
    const run = (...argv: string[]) => homophily(['audiences', ...argv, ...place])
    expect((await run('list')).out).toMatch(
      /first-kind +First kind +look-alikes by m \(classifier, 14\) +14 +1/,
    )
    const shown = JSON.parse((await run('show', 'first-kind', '--json', '-n', '3')).out)
    expect(shown).toMatchObject({ size: 14, seeds: 6, suppressed: 0, members: { length: 3 } })
    const out = folder.file('first.csv')
    expect((await run('export', 'first-kind', '--out', out)).out).toMatch(/14 users of first-kind/)
    expect((await readIds(out)).toSorted()).toEqual(kind(0).slice(6).toSorted())
    expect((await run('refresh', 'first-kind')).out).toBe(
      'Version 2 of first-kind: 14 users; 0 came, 0 went, 14 stayed\n',
    )
    // As suppression: those of the first kind are all gone.
    const without = await lookalike(seeds, '--size', '5', '--suppress-audience', 'first-kind', '--json')
    const { members, suppressed } = JSON.parse(without.out)
    expect(suppressed).toBe(14)
    expect(members.every(({ id }: { id: string }) => !kind(0).includes(id))).toBe(true)
    expect((await run('delete', 'first-kind')).out).toBe('Deleted first-kind.\n')
    expect((await run('show', 'first-kind')).code).toBe(4)
    expect((await run('list')).out).toMatch(/No audiences/)
  })

  it('has nobody who was erased from the store of the workspace', async () => {
    const seeds = folder.file('erasing.txt', kind(1).slice(0, 6).join('\n'))
    await lookalike(seeds, '--size', '14', '--save', 'Before')
    const store = await openStore(storePath(folder.file('workspace')))
    const [seed, member] = [kind(1)[0], kind(1)[10]]
    for (const user of [seed, member]) await store.entities.erase('user', user)
    await store.close()
    const shown = JSON.parse((await homophily(['audiences', 'show', 'before', '--json', ...place])).out)
    expect(shown.size).toBe(13)
    const again = JSON.parse((await lookalike(seeds, '--size', '14', '--json')).out)
    expect(again.seeds.unknown).toEqual([seed])
    expect(again.members.map(({ id }: { id: string }) => id)).not.toContain(member)
    await homophily(['audiences', 'delete', 'before', ...place])
    rmSync(storePath(folder.file('workspace')))
  })

  it('is of the users of the events alone, whose activity counts', async () => {
    const members = kind(0).slice(4, 12)
    const rows = members.flatMap((user, i) => Array.from({ length: i + 1 }, (_, j) => `${user},x${j}`))
    const events = folder.file('other.csv', `user,item\n${rows.join('\n')}\n`)
    const seeds = folder.file('two.txt', members.slice(6).join('\n'))
    const ran = await lookalike(seeds, '--events', events, '--size', '100', '--curve', '--json')
    const { candidates, curve } = JSON.parse(ran.out)
    expect(candidates).toBe(6)
    // The seeds have most events: each comes first when it is held out.
    expect(curve.popularity[0]).toBe(1)
    const none = folder.file('none.csv', 'user,item\nsomebody,x\n')
    const absent = await lookalike(seeds, '--events', none)
    expect([absent.code, absent.err]).toEqual([3, expect.stringMatching(/none of the users of/)])
  })
})

describe('evaluate lookalike', () => {
  it('puts the methods beside chance and activity', async () => {
    const seeds = folder.file('all.txt', kind(1).join('\n'))
    const report = folder.file('report.md')
    const argv = ['evaluate', 'lookalike', seeds, 'm', '--sizes', '4,20,1000', '--repeats', '2', ...place]
    const ran = JSON.parse((await homophily([...argv, '--json', '--report-md', report])).out)
    expect(ran.sizes).toEqual([4, 20])
    expect(ran.rows.map(({ name }: { name: string }) => name)).toEqual([
      'random',
      'popularity',
      'centroid',
      'max-similarity',
      'classifier',
    ])
    for (const { name, recall } of ran.rows.slice(2)) expect([name, recall[0].mean]).toEqual([name, 1])
    expect(ran.rows[0].recall[0].mean).toBeCloseTo(4 / 44, 10)
    expect(readFileSync(report, 'utf8')).toMatch(/\| classifier \| 1\.0000 ± 0\.0000 \|/)
    const wrong = await homophily([...argv, '--methods', 'centroids'])
    expect([wrong.code, wrong.err]).toEqual([
      4,
      expect.stringMatching(/unknown method of look-alikes "centroids"/),
    ])
    const large = await homophily(['evaluate', 'lookalike', seeds, 'm', '--sizes', '1000', ...place])
    expect([large.code, large.err]).toEqual([2, expect.stringMatching(/some up to 40 users, got 1000/)])
  })
})
