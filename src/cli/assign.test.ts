import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder } from '../../test/run-cli.ts'

let folder: Folder
let users: string
let place: string[]

/** Two kinds of people: the odd ones young, in Oslo and fond of tea. */
beforeAll(() => {
  folder = temporaryFolder()
  const rows = Array.from({ length: 40 }, (_, i) =>
    i % 2 ? `u${i},${20 + (i % 6)},oslo,tea|walks` : `"u,${i}",${60 + (i % 6)},rome,coffee|walks`,
  )
  users = folder.file('users.csv', `user,age,city,likes\n${rows.join('\n')}\n`)
  place = ['--workspace', folder.file('workspace')]
})
afterAll(() => folder.remove())

describe('a table of users', () => {
  it('is clustered by its columns, under the ids of its rows', async () => {
    const out = folder.file('out.csv')
    const args = ['cluster', 'k-means', users, '--table', '--clusters', '2', '--out', out, ...place]
    const ran = await homophily(args)
    expect([ran.code, ran.out]).toEqual([
      0,
      expect.stringMatching(/age number\(standard\), city category\(2\): 2, likes/),
    ])
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('id,cluster')
    expect(lines[1]).toMatch(/^"u,0",[01]$/)
    expect(lines[1].at(-1)).toBe(lines[3].at(-1))
    expect(lines[1].at(-1)).not.toBe(lines[2].at(-1))
  })

  it('is evaluated by the plan of the model, with labels and a graph by id', async () => {
    const labels = folder.file(
      'labels.csv',
      `user,label\n${Array.from({ length: 40 }, (_, i) => (i % 2 ? `u${i},y` : `"u,${i}",o`)).join('\n')}\n`,
    )
    const graph = folder.file('edges.csv', 'a,b\nu1,u3\nu3,u5\n"u,0","u,2"\n')
    const ran = await homophily([
      'evaluate',
      'clusters',
      'k-means',
      users,
      '--labels',
      labels,
      '--graph',
      graph,
      ...place,
    ])
    expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/acc +1\.000/)])
    expect(ran.out).toMatch(/Graph of 3 edges/)
    const both = await homophily([
      'evaluate',
      'clusters',
      'k-means',
      users,
      '--feature',
      'age=skip',
      ...place,
    ])
    expect([both.code, both.err]).toEqual([
      2,
      expect.stringMatching(/the plan of the model: expected no --feature/),
    ])
  })

  it('has new rows, which get their clusters', async () => {
    const known = readFileSync(folder.file('out.csv'), 'utf8').split('\n')
    const clusterOf = (line: number): string => known[line].at(-1)!
    const fresh = folder.file('new.csv', 'user,age,likes,city\nv1,23,tea|chess,oslo\nv2,,coffee,rome\n')
    const shown = await homophily(['assign', 'k-means', fresh, ...place])
    expect(shown).toMatchObject({ code: 0, out: `id,cluster\nv1,${clusterOf(2)}\nv2,${clusterOf(1)}\n` })
    expect(shown.err).toMatch(/likes: 1 row with values/)
    const json = await homophily(['assign', 'k-means', fresh, '--json', ...place])
    expect(JSON.parse(json.out)).toMatchObject({ rows: 2, ids: ['v1', 'v2'], sizes: [1, 1] })

    const out = folder.file('assigned.csv')
    const short = folder.file('short.csv', 'user,age,likes\nv3,22,tea\n')
    const refused = await homophily(['assign', 'k-means', short, '--out', out, ...place])
    expect([refused.code, refused.err]).toEqual([3, expect.stringMatching(/no city column/)])
    expect(() => readFileSync(out)).toThrow(/ENOENT/)
    const taken = await homophily(['assign', 'k-means', short, '--absent', 'unknown', '--out', out, ...place])
    expect(taken).toMatchObject({ code: 0, out: expect.stringMatching(/lacks city/) })
    expect(readFileSync(out, 'utf8')).toBe(`id,cluster\nv3,${clusterOf(2)}\n`)
  })
})

describe('numbers', () => {
  it('need the same columns, and have no ids', async () => {
    const rows = folder.file('rows.csv', 'x,y\n0,0\n0,1\n9,9\n9,8\n')
    await homophily(['cluster', 'k-means', rows, '--clusters', '2', '--name', 'numbers', ...place])
    const ran = await homophily(['assign', 'numbers', folder.file('more.csv', 'x,y\n8,9\n1,0\n'), ...place])
    expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/^row,cluster\n0,([01])\n1,(?!\1)[01]\n$/)])
    const wide = await homophily(['assign', 'numbers', folder.file('wide.csv', 'x,y,z\n8,9,1\n'), ...place])
    expect([wide.code, wide.err]).toEqual([
      1,
      expect.stringMatching(/rows of 2 columns, as in training, got 3/),
    ])
  })
})
