import { readdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Folder, homophily, temporaryFolder, twoGroups } from '../../test/run-cli.ts'

let folder: Folder
let train: string
let test: string

beforeAll(() => {
  folder = temporaryFolder()
  const groups = twoGroups()
  train = folder.file('train.csv', groups.train)
  test = folder.file('test.csv', groups.test)
})
afterAll(() => folder.remove())

describe('compare', () => {
  it('puts methods into one table with differences to the baseline', async () => {
    const { code, out, err } = await homophily([
      'compare',
      'popularity,ease',
      train,
      '--test',
      test,
      '--k',
      '1',
      '--baseline',
      'popularity',
      '--set',
      'ease.l2=1',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/ndcg@1, and the difference to popularity/)
    expect(out).toMatch(/^ease +1\.000 +\[1\.000, 1\.000\] +\+/m)
    expect(err).toMatch(/^ease, seed 1: trained in .* recall@1 1\.0000, ndcg@1 1\.0000$/m)
  })

  it('adds mean and spread over seeds, and answers JSON', async () => {
    const argv = [
      'compare',
      'mf-bpr,ease',
      train,
      '--test',
      test,
      '--seeds',
      '2',
      '--set',
      'mf-bpr.epochs=2',
      '--metric',
      'recall@10',
    ]
    expect((await homophily(argv)).out).toMatch(/Over 2 seeds: mean ± standard deviation/)
    const value = JSON.parse((await homophily([...argv, '--json'])).out)
    expect(value).toMatchObject({
      command: 'compare',
      seeds: [1, 2],
      leftOut: [],
      comparison: { kind: 'comparison', metric: 'recall@10' },
    })
    expect(value.methods[0]).toMatchObject({ name: 'mf-bpr', config: { epochs: 2 } })
    expect(value.overSeeds.map((each: { name: string }) => each.name)).toEqual(['mf-bpr', 'ease'])
    expect(value.overSeeds[0].metrics['recall@10'].std).not.toBeNull()
  })

  it('takes finished results from --resume-dir, for the same data, settings and cut-offs only', async () => {
    const kept = folder.file('kept')
    const argv = [
      'compare',
      'popularity,ease',
      train,
      '--test',
      test,
      '--k',
      '2',
      '--baseline',
      'ease',
      '--resume-dir',
      kept,
    ]
    const first = await homophily([...argv, '--json'])
    expect(readdirSync(kept)).toHaveLength(2)
    const second = await homophily(argv)
    expect(second.err).toContain(`ease, seed 1: taken from ${kept}`)
    expect(second.err).not.toContain('trained in')
    const comparison = (text: string): unknown => JSON.parse(text).comparison
    expect(comparison((await homophily([...argv, '--json'])).out)).toEqual(comparison(first.out))
    expect((await homophily([...argv, '--set', 'ease.l2=7'])).err).toMatch(/^ease, seed 1: trained in/m)
    expect((await homophily([...argv, '--k', '1'])).err).toMatch(/^popularity, seed 1: trained in/m)
    for (const name of readdirSync(kept)) writeFileSync(`${kept}/${name}`, '{"method"')
    const refused = await homophily(argv)
    expect(refused.code).toBe(3)
    expect(refused.err).toContain('Delete the file to run it again.')
  })
})

describe('methods that do not fit memory', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('are left out of a comparison, with the reason', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(10_000)
    const argv = ['compare', 'popularity,ease', train, '--test', test, '--baseline', 'ease']
    const { code, out } = await homophily(argv)
    expect(code).toBe(0)
    expect(out).toMatch(/! ease was left out: training EASE needs 1 MiB, but 1 MiB is available/)
    expect(out).toContain('! The baseline ease was left out, so there are no differences.')
    expect(out).toMatch(/^popularity +\d/m)
    expect(JSON.parse((await homophily([...argv, '--json'])).out).leftOut).toMatchObject([{ name: 'ease' }])
  })

  it('are an error where nothing else is left', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(10_000)
    for (const command of ['compare', 'train']) {
      const { code, out, err } = await homophily([command, 'ease', train, '--test', test])
      expect(code).toBe(5)
      expect(out).toBe('')
      expect(err).toContain('error: training EASE needs')
    }
  })
})

describe('estimate', () => {
  it('answers memory and time from sizes or from a file', async () => {
    const sizes = JSON.parse(
      (
        await homophily([
          'estimate',
          'ease',
          '--users',
          '10',
          '--items',
          '1000',
          '--interactions',
          '5000',
          '--json',
        ])
      ).out,
    )
    expect(sizes).toMatchObject({
      command: 'estimate',
      fits: true,
      shape: { users: 10, items: 1000, interactions: 5000 },
      operations: 1e9,
    })
    expect(sizes.bytes).toBeGreaterThan(4e6)
    expect(sizes.seconds.low).toBeGreaterThan(0)
    const file = await homophily(['estimate', 'lightgcn', train, '--set', 'epochs=1'])
    expect(file.out).toMatch(/data +120 interactions of 24 users with 12 items/)
    expect(file.out).toMatch(/fits +yes/)
  })

  it('answers for clusterers, from the sizes that they need', async () => {
    const sizes = ['--rows', '3025', '--columns', '1870', '--edges', '13128', '--set', 'clusters=3']
    const { shape, bytes } = JSON.parse((await homophily(['estimate', 'sdcn', ...sizes, '--json'])).out)
    expect(shape).toEqual({ rows: 3025, columns: 1870, entries: 3025 * 1870, edges: 26256 })
    expect(bytes).toBeGreaterThan(1e8)
    expect((await homophily(['estimate', 'dec', ...sizes])).err).toContain('all of --rows and --columns')
    expect((await homophily(['estimate', 'dec', train])).err).toContain('the sizes of the data for dec')
  })

  it('exits with 5 where it does not fit', async () => {
    const { code, out } = await homophily([
      'estimate',
      'ease',
      '--users',
      '1000000',
      '--items',
      '3000000',
      '--interactions',
      '50000000',
    ])
    expect(code).toBe(5)
    expect(out).toMatch(/fits +no/)
    expect(out).toContain('training EASE needs')
  })
})

describe('methods, info and demo', () => {
  it('names every method with its presets and settings', async () => {
    const { methods } = JSON.parse((await homophily(['methods', '--json'])).out)
    const lightgcn = methods.find((each: { name: string }) => each.name === 'lightgcn')
    expect(lightgcn.settings.find((each: { name: string }) => each.name === 'layers')).toMatchObject({
      default: 3,
    })
    expect(lightgcn.presets).toHaveProperty('paper')
    expect((await homophily(['methods'])).out).toMatch(/^ease \(EASE\)\n/m)
  })

  it('tells versions and kernels', async () => {
    const value = JSON.parse(
      (await homophily(['info', '--json', '--workspace', folder.file('workspace')])).out,
    )
    expect(value.node).toBe(process.versions.node)
    expect(value.kernels.backend).toMatch(/native|wasm/)
    expect(value.duckdb).toMatch(/^\d+\.\d+/)
    expect((await homophily(['info', '--workspace', folder.file('workspace')])).out).toMatch(/^kernels +/m)
  })

  it('does the main job on generated data, and its next steps work', async () => {
    const workspace = folder.file('demo')
    const { code, out } = await homophily(['demo', '--report', '--workspace', workspace])
    expect(code).toBe(0)
    expect(out).toContain('A generated marketplace, not real data')
    expect(
      Math.max(...out.split('\n').map((line) => (line.includes(workspace) ? 0 : [...line].length))),
    ).toBeLessThanOrEqual(100)
    const [, method, user] = /homophily recommend (\S+) --user (\S+)/.exec(out)!
    const next = await homophily(['recommend', method, '--user', user, '-n', '1', '--workspace', workspace])
    const first = /^ {2}1 {2}(\S+)/m.exec(out)![1]
    expect(next.out).toContain(first)
    expect(
      await homophily(['demo', '--report', '--json', '--workspace', workspace]).then((ran) =>
        JSON.parse(ran.out),
      ),
    ).toMatchObject({ command: 'demo', user, model: { name: method, version: 2 } })
  }, 60_000)
})
