import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder, twoGroups } from '../../test/run-cli.ts'

let folder: Folder
let edges: string
let events: string
let place: string[]

const small = ['--dim', '8', '--window', '3', '--epochs', '4', '--rate', '0.05']
const walks = ['--walks', '20', '--length', '12', ...small]

/** Two cliques of six, joined by one edge. */
function cliques(): string {
  const rows = ['source,target', 'a0,b0']
  for (const side of ['a', 'b'])
    for (let i = 0; i < 6; i++) for (let j = 0; j < i; j++) rows.push(`${side}${i},${side}${j}`)
  return `${rows.join('\n')}\n`
}

beforeAll(() => {
  folder = temporaryFolder()
  edges = folder.file('edges.csv', cliques())
  events = folder.file('events.csv', twoGroups().train)
  place = ['--workspace', folder.file('workspace')]
})
afterAll(() => folder.remove())

describe('embed', () => {
  it('learns from edges, saves, and says what to do next', async () => {
    const { code, out, err } = await homophily(['embed', 'deepwalk', edges, ...walks, ...place])
    expect(code).toBe(0)
    expect(out).toContain('DeepWalk on ')
    expect(out).toContain('12 vectors of 8 numbers from 12 nodes, 31 undirected edges.')
    expect(out).toMatch(/Trained in \S+ s \(4 epochs, 11,520 words, [\d,]+ words\/s, loss \d\.\d+\)/)
    expect(out).toMatch(/Saved as deepwalk, version 1/)
    expect(out).toMatch(/Next: homophily similar deepwalk --id a0 --workspace /)
    expect(err).toMatch(/^kernels: /m)
    expect(err).toMatch(/read \S+edges\.csv: an undirected graph of 12 nodes/)
    const near = JSON.parse(
      (await homophily(['similar', 'deepwalk', '--id', 'a3', '-n', '4', '--json', ...place])).out,
    )
    expect(near.similar.map(({ id }: { id: string }) => id[0])).toEqual(['a', 'a', 'a', 'a'])
  })

  it('learns from events, as sequences or as transitions between items', async () => {
    const sequences = await homophily([
      'embed',
      'item2vec',
      events,
      ...small,
      '--epochs',
      '40',
      '--json',
      ...place,
    ])
    expect(sequences.err).toBe('')
    const value = JSON.parse(sequences.out)
    expect(value).toMatchObject({
      command: 'embed',
      model: { name: 'item2vec', version: 1 },
      method: 'item2vec',
      config: { dim: 8 },
      seed: 1,
      vectors: 12,
      dim: 8,
    })
    expect(value.data.description).toBe('120 events of 24 users with 12 items')
    expect(value.warnings).toEqual(['The events have no times: the order of the files was taken.'])
    const graph = await homophily(['embed', 'deepwalk', events, ...walks, '--no-save', '--json', ...place])
    expect(JSON.parse(graph.out).data.description).toMatch(/^120 events .*; 12 nodes, \d+ directed edges$/)
    const { out } = await homophily([
      'recommend',
      'item2vec',
      '--from',
      'i0,"i2"',
      '-n',
      '3',
      '--json',
      ...place,
    ])
    const { from, items } = JSON.parse(out)
    expect(from).toEqual(['i0', 'i2'])
    expect(items.map(({ id }: { id: string }) => Number(id.slice(1)) % 2)).toEqual([0, 0, 0])
  })

  it('recommends only what shares no value of an attribute with the sequence', async () => {
    await homophily(['embed', 'item2vec', events, ...small, '--epochs', '40', '--name', 'kinds', ...place])
    const rows = Array.from({ length: 12 }, (_, i) => `i${i},kind ${i % 3}\n`)
    const items = folder.file('kinds.csv', `item,kind\n${rows.join('')}`)
    const argv = ['recommend', 'kinds', '--from', 'i0,i4', '-n', '12', '--json', ...place]
    const ids = async (...more: string[]): Promise<number[]> =>
      JSON.parse((await homophily([...argv, ...more])).out).items.map(({ id }: { id: string }) =>
        Number(id.slice(1)),
      )
    expect((await ids()).length).toBe(10)
    const others = await ids('--attributes', items, '--unseen', 'kind')
    expect(others.sort((a, b) => a - b)).toEqual([2, 5, 8, 11])
    expect((await homophily([...argv, '--unseen', 'kind'])).err).toContain('no --attributes')
  })

  it('turns a new version onto the one before, and tells who moved', async () => {
    const again = [...place, '--name', 'again', ...walks, '--deterministic']
    const embed = async (...more: string[]) => homophily(['embed', 'deepwalk', edges, ...again, ...more])
    expect(JSON.parse((await embed('--json')).out).aligned).toBeNull()
    const { out } = await embed('--seed', '2')
    expect(out).toMatch(/Saved as again, version 2, .*\nIts vectors are turned onto those of version 1, /)
    const drift = JSON.parse((await homophily(['models', 'drift', 'again', '--json', ...place])).out)
    expect(drift).toMatchObject({ name: 'again', version: 2, against: 1, nodes: { shared: 12 } })
    expect(drift.nodes.most).toHaveLength(12)
    expect((await homophily(['models', 'drift', 'again', '--top', '1', ...place])).out).toMatch(
      /nodes +12 .*\n\nNodes that moved most:\n +[ab]\d +\d\.\d{4}\n$/,
    )
    const one = await homophily(['models', 'drift', 'again', '--id', 'a0', '--json', ...place])
    const { drift: own } = drift.nodes.most.find(({ id }: { id: string }) => id === 'a0')
    expect(JSON.parse(one.out).found).toEqual([{ kind: 'nodes', drift: own }])
    const none = await homophily(['models', 'drift', 'again', '--id', 'a00', ...place])
    expect(none.err).toMatch(/unknown node "a00"; nearest: "a0"/)
    const shown = await homophily(['models', 'show', 'again', ...place])
    expect(shown.out).toMatch(/aligned +with version 1/)
    const narrow = await embed('--dim', '4')
    expect(narrow.out).toMatch(
      /Not turned onto version 2: version 2 has vectors of 8 numbers, and this one of\s+4\./,
    )
    expect((await homophily(['models', 'drift', 'again', ...place])).err).toMatch(
      /8 numbers, and this one of 4/,
    )
    expect((await homophily(['models', 'show', 'again', ...place])).out).toMatch(/aligned +no: version 2 has/)
    const file = folder.file('made.elsewhere.txt', '2 4\na0 1 0 0 0\nb0 0 1 0 0\n')
    const imported = await homophily(['import', file, '--name', 'again', ...place])
    expect(imported.out).toMatch(/Not turned onto version 3: its vectors were made elsewhere/)
  })

  it('is the same for the same seed with --deterministic', async () => {
    const run = async (seed: string): Promise<string> => {
      const file = folder.file(`seed.${seed}.txt`)
      const argv = ['embed', 'line', edges, '--deterministic', '--dim', '4', '--epochs', '20']
      const { code } = await homophily([...argv, '--seed', seed, '--no-save', '--export', file, ...place])
      expect(code).toBe(0)
      return readFileSync(file, 'utf8')
    }
    expect(await run('3')).toBe(await run('3'))
    expect(await run('3')).not.toBe(await run('4'))
  })

  it('takes side information where a method uses it', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `i${i},${i % 2 ? 'odd' : 'even'}\n`)
    const items = folder.file('items.csv', `item,kind\n${rows.slice(0, 10).join('')}`)
    const argv = ['embed', 'ges', events, '--attributes', items, '--fields', 'kind']
    const settings = ['--dim', '8', '--walks', '5', '--length', '6', '--epochs', '1']
    const { code, out } = await homophily([...argv, ...settings, '--no-save', ...place])
    expect(code).toBe(0)
    expect(out).toContain('! 2 nodes of 12 nodes without attributes.')
    const without = await homophily(['embed', 'ges', events, ...place])
    expect(without.err).toContain('ges: expected --attributes <file> and --fields <list>')
    const superfluous = await homophily([
      'embed',
      'deepwalk',
      events,
      '--attributes',
      items,
      '--fields',
      'kind',
    ])
    expect(superfluous.err).toContain("unknown option '--attributes'")
  })

  it('leaves nothing when interrupted', async () => {
    const before = readdirSync(folder.path).sort()
    const { code, err } = await homophily(
      [
        'embed',
        'deepwalk',
        edges,
        '--epochs',
        '100000',
        '--export',
        folder.file('never.txt'),
        '--name',
        'never',
        ...place,
      ],
      'train ',
    )
    expect(code).toBe(130)
    expect(err).toContain('interrupted; nothing was saved')
    expect(err).toMatch(/train [\d,]+\/[\d,]+ words, [\d,]+\/s, .* left/)
    expect(readdirSync(folder.path).sort()).toEqual(before)
    expect(existsSync(folder.file('workspace/models/never'))).toBe(false)
  })

  it('goes on from a checkpoint to the same vectors, and removes it', async () => {
    const argv = ['embed', 'deepwalk', edges, ...walks, '--epochs', '600', '--deterministic', ...place]
    const vectors = async (name: string): Promise<string> => {
      const file = folder.file(`${name}.txt`)
      expect((await homophily(['export', name, file, ...place])).code).toBe(0)
      return readFileSync(file, 'utf8')
    }
    expect((await homophily([...argv, '--name', 'straight'])).code).toBe(0)
    const stopped = await homophily([...argv, '--name', 'resumed', '--checkpoint', '0'], 'train ')
    expect(stopped.code).toBe(130)
    expect(stopped.err).toContain('--resume goes on from the last checkpoint')
    const other = await homophily([...argv, '--name', 'resumed', '--resume', '--rate', '0.5'])
    expect(other.err).toContain('of other data, settings or seed')
    const resumed = await homophily([...argv, '--name', 'resumed', '--resume'])
    expect(resumed.err).toMatch(/going on after epoch \d+\n/)
    expect(await vectors('resumed')).toBe(await vectors('straight'))
    expect(readdirSync(folder.file('workspace/checkpoints'))).toEqual([])
  })

  it('says what is wrong before it reads or trains', async () => {
    const error = async (...argv: string[]): Promise<string> => (await homophily(argv)).err
    expect(await error('embed')).toContain('expected a method first (deepwalk, node2vec')
    expect(await error('embed', 'deepwolk', edges)).toContain(
      'unknown method "deepwolk"; nearest: "deepwalk"',
    )
    expect(await error('embed', 'deepwalk', 'nowhere.csv')).toContain('There is no file nowhere.csv')
    expect(await error('embed', 'item2vec', edges)).toContain('no user column')
    expect(await error('embed', 'deepwalk', edges, '--export', 'x.doc')).toContain('a name ending in .txt')
    expect(await error('embed', 'deepwalk', edges, '--gap', '5')).toContain('--gap: expected it only with')
    expect(await error('embed', 'deepwalk', events, '--directed')).toContain('--directed: expected edges')
    expect(await error('embed', 'item2vec', events, '--gap', '5')).toContain("unknown option '--gap'")
    expect(await error('embed', 'deepwalk', edges, '--transitions')).toContain('no user column')
    expect(await error('embed', 'deepwalk', edges, '--preset', 'papr')).toContain('known: "paper"')
    const negative = folder.file('negative.csv', 'source,target,weight\na,b,-1\n')
    expect(await error('embed', 'deepwalk', negative)).toMatch(
      /negative\.csv:2, column "weight": expected a weight of 0/,
    )
  })

  it('names every setting in its help', async () => {
    const { out } = await homophily(['embed', 'node2vec', '--help'])
    expect(out).toMatch(/--q <number> .*\(default: 1\)/)
    expect(out).toMatch(/--no-deterministic/)
    expect(out).toContain('edges or events')
    expect((await homophily(['embed', 'item2vec', '--help'])).out).not.toContain('--duplicates')
  })
})

describe('export and import', () => {
  it.each(['txt', 'bin', 'safetensors', 'parquet', 'npy'])(
    '.%s and back is the same model',
    async (ending) => {
      await homophily(['embed', 'deepwalk', edges, ...walks, '--name', 'source', ...place])
      const file = folder.file(`vectors.${ending}`)
      const written = await homophily(['export', 'source', file, ...place])
      expect(written.out).toMatch(/^12 vectors of 8 numbers written to .*vectors\./)
      const name = `from-${ending}`
      const saved = JSON.parse((await homophily(['import', file, '--name', name, '--json', ...place])).out)
      expect(saved).toMatchObject({ model: { name, version: 1 }, vectors: 12, dim: 8 })
      const ask = async (model: string): Promise<unknown> =>
        JSON.parse((await homophily(['similar', model, '--id', 'b2', '--json', ...place])).out).similar
      expect(await ask(name)).toEqual(await ask('source'))
    },
  )

  it('refuses malformed files, and saves nothing', async () => {
    const file = folder.file('bad.txt', '2 2\na 1 2\nb 1\n')
    const { code, err } = await homophily(['import', file, '--name', 'bad', ...place])
    expect(code).toBe(3)
    expect(err).toMatch(/bad\.txt:3: expected an id without spaces and 2 numbers, got 2 fields/)
    expect((await homophily(['similar', 'bad', '--id', 'a', ...place])).code).toBe(4)
  })
})

describe('families', () => {
  it('are told apart by every command', async () => {
    await homophily(['train', 'popularity', events, '--split', 'none', '--name', 'rec', ...place])
    await homophily(['embed', 'deepwalk', edges, ...walks, '--name', 'emb', ...place])
    const error = async (...argv: string[]): Promise<string> => (await homophily([...argv, ...place])).err
    expect(await error('recommend', 'emb', '--user', 'a0')).toContain(
      'expected a recommender, got an embedding',
    )
    expect(await error('recommend', 'rec', '--from', 'i0')).toContain(
      'expected an embedding, got a recommender',
    )
    expect(await error('export', 'rec', folder.file('x.txt'))).toContain(
      'expected an embedding, got a recommender',
    )
    expect(await error('similar', 'emb', '--item', 'a0')).toContain(
      'expected --id <id>: emb is an embedding, got --item',
    )
    expect(await error('similar', 'rec', '--id', 'i0')).toContain(
      'expected --item or --user: rec is a recommender',
    )
    expect(await error('similar', 'emb', '--id', 'a99')).toContain('unknown node "a99"; nearest: ')
    expect(await error('recommend', 'emb', '--from', 'a0,zz')).toContain('unknown node "zz"')
    expect(await error('recommend', 'emb', '--from', 'a0,"b')).toContain('quotes must close')
    expect(await error('recommend', 'rec', '--user', 'u0', '--diversity', '0.5')).toContain(
      '--diversity: expected',
    )
    const list = (await homophily(['models', 'list', ...place])).out
    expect(list).toMatch(/^emb +1 +1 +embed +deepwalk /m)
    expect(list).toMatch(/^rec +1 +1 +recommend +popularity /m)
    expect((await homophily(['models', 'show', 'emb', ...place])).out).toMatch(/data +12 nodes\n/)
  })

  it('show in methods and estimate', async () => {
    const { methods } = JSON.parse((await homophily(['methods', '--json'])).out)
    expect(methods).toContainEqual(
      expect.objectContaining({ name: 'node2vec', family: 'embed', command: 'embed' }),
    )
    const sized = JSON.parse(
      (await homophily(['estimate', 'deepwalk', '--nodes', '10000', '--edges', '300000', '--json'])).out,
    )
    expect(sized).toMatchObject({ shape: { nodes: 10_000, edges: 600_000, tokens: 0 }, fits: true })
    const read = JSON.parse((await homophily(['estimate', 'line', edges, '--json'])).out)
    expect(read.shape).toEqual({ nodes: 12, edges: 62, tokens: 0 })
    expect((await homophily(['estimate', 'item2vec', '--users', '3'])).err).toContain(
      'expected files, or all of --nodes and --edges, got --users',
    )
  })
})
