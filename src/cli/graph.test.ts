import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder } from '../../test/run-cli.ts'

let folder: Folder
let cliques: string

/** Two cliques of four, joined by d–e, with z's self-loop beside. */
beforeAll(() => {
  folder = temporaryFolder()
  const rows = ['abcd', 'efgh'].flatMap((group) =>
    [...group].flatMap((x, i) => [...group].slice(0, i).map((y) => `${x},${y}`)),
  )
  cliques = folder.file('cliques.csv', `source,target\n${[...rows, 'd,e', 'z,z'].join('\n')}\n`)
})
afterAll(() => folder.remove())

describe('graph info', () => {
  it('tells the facts', async () => {
    const { code, out } = await homophily([
      'graph',
      'info',
      cliques,
      '--communities',
      'louvain',
      '--top',
      '2',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/^nodes +9, 1 of them isolated$/m)
    expect(out).toMatch(/^edges +14, 1 of them self-loops$/m)
    expect(out).toMatch(/^components +2; the largest has 8 nodes$/m)
    expect(out).toMatch(/^communities +3 by louvain, modularity 0\.\d{4}; the largest have 4, 4, 1 nodes$/m)
    expect(out).toMatch(/^Highest PageRank\n {2}1 {2}[a-z] {2}0\.\d+\n {2}2 /m)
  })

  it('answers JSON', async () => {
    const args = ['graph', 'info', cliques, '--json', '--communities', 'leiden', '--directed']
    expect(JSON.parse((await homophily(args)).out)).toMatchObject({
      command: 'graph info',
      directed: true,
      nodes: 9,
      edges: 14,
      selfLoops: 1,
      components: { count: 2, largest: 8 },
      clustering: { sampled: null },
      communities: { method: 'leiden', sizes: [4, 4, 1] },
      warnings: [],
    })
  })

  it('warns of what was merged, left out or not read', async () => {
    const file = folder.file('odd.csv', 'source,target,weight,colour\na,b,2,red\nb,a,3,red\nb,c,0,red\n')
    const { out } = await homophily(['graph', 'info', file])
    expect(out).toContain('1 edge repeats another; their weights were added')
    expect(out).toContain('1 edge of weight 0 left out')
    expect(out).toContain('not read: colour')
    expect(out).toMatch(/^weights +5 to 5, sum 10$/m)
    expect((await homophily(['graph', 'info', file, '--parallel', 'max'])).out).toMatch(
      /^weights +3 to 3, sum 6$/m,
    )
  })

  it('makes a graph of behaviour', async () => {
    const file = folder.file(
      'events.csv',
      'user,item,timestamp\nu,a,1600000000\nu,b,1600000060\nu,c,1600086400\nv,a,1600000000\nv,b,1600000001\n',
    )
    const args = ['graph', 'info', file, '--transitions', '--gap', '30', '--json']
    expect(JSON.parse((await homophily(args)).out)).toMatchObject({
      directed: true,
      nodes: 3,
      edges: 1,
      weights: { max: 2 },
    })
  })

  it('says what is wrong with its input and its flags', async () => {
    const bad = folder.file('bad.csv', 'source,target,weight\na,b,-2\n')
    const refused = await homophily(['graph', 'info', bad])
    expect(refused.code).toBe(3)
    expect(refused.err).toContain('bad.csv:2, column "weight": expected a weight of 0 or more, got "-2"')
    expect((await homophily(['graph', 'info', cliques, '--directed', '--undirected'])).code).toBe(2)
    const gap = await homophily(['graph', 'info', cliques, '--gap', '3'])
    expect([gap.code, gap.err]).toEqual([
      2,
      expect.stringContaining('--gap: expected it only with --transitions'),
    ])
    expect((await homophily(['graph', 'info', cliques, '--transitions', '--directed'])).code).toBe(2)
    expect((await homophily(['graph', 'info', folder.file('none.csv')])).code).toBe(4)
  })
})

describe('graph convert', () => {
  it('goes through every format and back', async () => {
    let from = cliques
    for (const name of ['1.graphml', '2.gexf.gz', '3.adjlist', '4.edges', '5.tsv', '6.csv.gz']) {
      const to = folder.file(name)
      expect((await homophily(['graph', 'convert', from, '--output', to])).err).not.toContain('error')
      from = to
    }
    const lines = (text: string): string[] => text.trim().split('\n').sort()
    const ends = lines(gunzipSync(readFileSync(from)).toString()).map((line) => line.split(',').sort().join())
    expect(ends.sort()).toEqual(
      lines(readFileSync(cliques, 'utf8'))
        .map((line) => line.split(',').sort().join())
        .sort(),
    )
  })

  it('says what a format leaves out, and merges when asked', async () => {
    const file = folder.file('twice.csv', 'source,target\na,b\nb,a\n')
    const to = folder.file('twice.edges')
    const { out } = await homophily(['graph', 'convert', file, '--directed', '--output', to])
    expect(out).toContain('2 edges of 2 nodes as edges\n! edges leaves out that edges are directed')
    const merged = await homophily(['graph', 'convert', file, '--merge', '--output', to, '--json'])
    expect(JSON.parse(merged.out)).toMatchObject({
      command: 'graph convert',
      edges: 1,
      nodes: 2,
      format: 'edges',
    })
    expect(readFileSync(to, 'utf8')).toBe('a b 2\n')
  })

  it('leaves no file behind when it cannot write', async () => {
    const file = folder.file('spaced.csv', 'source,target\na,b c\n')
    const refused = await homophily(['graph', 'convert', file, '--output', folder.file('spaced.edges')])
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('the id "b c"')
    expect(readdirSync(folder.path)).not.toContain('spaced.edges')
    expect((await homophily(['graph', 'convert', file, '--output', folder.file('x.parquet')])).code).toBe(2)
    expect((await homophily(['graph', 'convert', file])).code).toBe(2)
  })
})

describe('walk', () => {
  it('prints walks, one per line, the same for the same seed', async () => {
    const args = ['walk', cliques, '--walks', '2', '--length', '5']
    const { code, out } = await homophily(args)
    expect(code).toBe(0)
    const walks = out.trimEnd().split('\n')
    expect(walks).toHaveLength(18)
    expect(walks.every((line) => /^([a-h] ){4}[a-h]$|^(z ){4}z$/.test(line))).toBe(true)
    expect((await homophily(args)).out).toBe(out)
    expect((await homophily([...args, '--seed', '2'])).out).not.toBe(out)
    expect((await homophily([...args, '--epoch', '1'])).out).not.toBe(out)
    expect((await homophily([...args, '--p', '0.1', '--q', '2'])).out).not.toBe(out)
  })

  it('writes files, compressed by name, and answers JSON', async () => {
    const output = folder.file('walks.txt.gz')
    const value = JSON.parse(
      (await homophily(['walk', cliques, '--walks', '3', '--output', output, '--json'])).out,
    )
    expect(value).toMatchObject({ command: 'walk', walks: 27, tokens: 27 * 40 })
    const printed = (await homophily(['walk', cliques, '--walks', '3'])).out
    expect(gunzipSync(readFileSync(output)).toString()).toBe(printed)
    const json = JSON.parse((await homophily(['walk', cliques, '--walks', '3', '--json'])).out)
    expect(json.walks.map((walk: string[]) => `${walk.join(' ')}\n`).join('')).toBe(printed)
  })

  it('walks along a metapath over types from a table', async () => {
    const graph = folder.file('bipartite.csv', 'source,target\nu1,i1\nu1,i2\nu2,i2\nu1,u2\n')
    const types = folder.file('types.csv', 'node,type\nu1,user\nu2,user\ni1,item\ni2,item\n')
    const args = ['walk', graph, '--metapath', 'user,item,user', '--length', '4', '--walks', '5']
    const { out } = await homophily([...args, '--types', types])
    expect(
      out
        .trimEnd()
        .split('\n')
        .every((line) => /^u\d i\d u\d i\d$/.test(line)),
    ).toBe(true)
    expect((await homophily(args)).err).toContain('Name a table of nodes and their types with --types')
    expect((await homophily([...args, '--types', types, '--q', '2'])).code).toBe(2)
    expect((await homophily(['walk', graph, '--types', types])).code).toBe(2)
  })

  it('refuses ids that hold the separator, and settings that make no sense', async () => {
    const file = folder.file('ids.csv', 'source,target\na b,c\n')
    const refused = await homophily(['walk', file])
    expect(refused.err).toContain('got " " and the id "a b"')
    expect(
      (await homophily(['walk', file, '--separator', '|', '--length', '2', '--walks', '1'])).out,
    ).toContain('a b|c')
    expect((await homophily(['walk', cliques, '--p', '0'])).err).toContain('p: ')
    expect((await homophily(['walk', cliques, '--length', '0'])).code).toBe(2)
  })
})
