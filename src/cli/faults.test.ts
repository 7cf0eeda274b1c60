import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder, twoGroups } from '../../test/run-cli.ts'
import { openWorkspace } from '../workspace/workspace.ts'

let folder: Folder
let train: string
let place: string[]

beforeAll(async () => {
  folder = temporaryFolder()
  train = folder.file('train.csv', twoGroups().train)
  place = ['--workspace', folder.file('workspace')]
  await homophily(['train', 'popularity', train, '--split', 'none', ...place])
})
afterAll(() => folder.remove())

describe('exit codes and messages', () => {
  const cases: readonly (readonly [what: string, argv: () => string[], code: number, message: RegExp])[] = [
    ['no command', () => [], 2, /expected a command\n[^]*Usage: homophily/],
    [
      'an unknown command',
      () => ['trian'],
      2,
      /unknown command 'trian'\n\(Did you mean train\?\)\nSee: homophily --help/,
    ],
    ['an unknown inner command', () => ['models', 'lst'], 2, /Did you mean list/],
    [
      'an unknown flag',
      () => ['train', 'lightgcn', train, '--layer', '3'],
      2,
      /'--layer'\n\(Did you mean --layers\?\)\nSee: homophily train lightgcn --help/,
    ],
    [
      'flags before the method',
      () => ['train', '--test', 'x', 'ease', train],
      2,
      /a method first \(popularity, .*got --test/,
    ],
    [
      'a setting that is no number',
      () => ['train', 'lightgcn', train, '--layers', 'x'],
      2,
      /'--layers <number>' argument 'x' is invalid/,
    ],
    [
      'a setting out of range',
      () => ['train', 'lightgcn', train, '--dim', '0'],
      2,
      /settings of lightgcn: dim: /,
    ],
    [
      'an unknown setting',
      () => ['compare', 'ease', train, '--set', 'ease.lambda=3'],
      2,
      /unknown setting "lambda"; it has l2/,
    ],
    [
      'a setting of no method',
      () => ['compare', 'ease', train, '--set', 'eas.l2=3'],
      4,
      /unknown method in --set "eas"; known: "ease"/,
    ],
    [
      'a test file and a split',
      () => ['train', 'ease', train, '--test', train, '--split', 'time'],
      2,
      /--test and --split: expected a test file or a split/,
    ],
    [
      'a metric that is not measured',
      () => ['compare', 'ease', train, '--metric', 'recal@20'],
      4,
      /unknown metric "recal@20"; nearest: "recall@20"/,
    ],
    [
      'an unknown method',
      () => ['train', 'ligtgcn', train],
      4,
      /unknown method "ligtgcn"; nearest: "lightgcn"/,
    ],
    [
      'an unknown preset',
      () => ['train', 'lightgcn', train, '--preset', 'papr'],
      4,
      /unknown preset of lightgcn "papr"; known: "paper"/,
    ],
    [
      'an unknown model',
      () => ['recommend', 'popularty', '--user', 'u1', ...place],
      4,
      /unknown model "popularty"; known: "popularity"/,
    ],
    [
      'an unknown user',
      () => ['recommend', 'popularity', '--user', 'u99', ...place],
      4,
      /unknown user "u99"; nearest: "u/,
    ],
    [
      'an unknown item',
      () => ['similar', 'popularity', '--item', 'j1', ...place],
      4,
      /unknown item "j1"; nearest: "i1"/,
    ],
    [
      'an unknown version',
      () => ['models', 'rollback', 'popularity', '--to', '9', ...place],
      4,
      /"9"; known: "1"/,
    ],
    ['no file', () => ['train', 'ease', 'nowhere.csv', ...place], 4, /There is no file nowhere\.csv/],
    [
      'no folder for a report',
      () => ['train', 'ease', train, '--report-json', folder.file('no/where.json'), ...place],
      4,
      /there is no folder/,
    ],
    [
      'an output of another kind',
      () => ['recommend', 'popularity', '--all', '--output', 'x.xml', ...place],
      2,
      /a name ending in \.csv or \.jsonl/,
    ],
    ['an empty file', () => ['train', 'ease', folder.file('empty.csv', ''), ...place], 3, /empty\.csv/],
    [
      'a missing column',
      () => ['train', 'ease', train, '--user-column', 'usr', ...place],
      3,
      /no user column .*"user", "item"/,
    ],
    ['no timestamps', () => ['train', 'ease', train, '--split', 'time', ...place], 4, /needs timestamps/],
    [
      'a bad name for a model',
      () => ['train', 'ease', train, '--name', 'a/b', ...place],
      2,
      /name: expected 1 to 100 letters/,
    ],
  ]
  it.each(cases)('%s', async (_, argv, code, message) => {
    const ran = await homophily(argv())
    expect(ran.err).toMatch(message)
    expect(ran.err).not.toMatch(/\n {4}at /)
    expect(ran.out).toBe('')
    expect(ran.code).toBe(code)
  })

  it('gives errors as JSON with --json', async () => {
    const unknown = await homophily(['recommend', 'popularity', '--user', 'u99', '--json', ...place])
    expect(unknown.code).toBe(4)
    expect(JSON.parse(unknown.err)).toEqual({
      error: { code: 'UNKNOWN_NAME', message: expect.stringContaining('u99') },
    })
    const usage = await homophily(['models', 'list', '--jsn', '--json'])
    expect(JSON.parse(usage.err).error.code).toBe('USAGE')
  })

  it('leaves an earlier version alone when a later training fails', async () => {
    expect(
      (
        await homophily([
          'train',
          'mf-bpr',
          train,
          '--split',
          'none',
          '--rate',
          '1e30',
          '--name',
          'popularity',
          ...place,
        ])
      ).code,
    ).not.toBe(0)
    expect((await (await openWorkspace(place[1])).listModels())[0]).toMatchObject({
      name: 'popularity',
      current: 1,
      versions: [1],
    })
  })
})

describe('interrupts', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const long = (): string[] => [
    'train',
    'lightgcn',
    train,
    '--split',
    'none',
    '--epochs',
    '10000000',
    '--name',
    'popularity',
    ...place,
  ]

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s half-way through training ends with 130 and saves nothing',
    async (signal) => {
      const child = spawn(process.execPath, [main, ...long()], { stdio: ['ignore', 'pipe', 'pipe'] })
      let out = ''
      let err = ''
      child.stdout.on('data', (data) => (out += String(data)))
      child.stderr.on('data', (data) => {
        err += String(data)
        // The first progress line: training is under way.
        if (/train [\d.,]+\/10,000,000 epochs/.test(err)) child.kill(signal)
      })
      const code = await new Promise((resolve) => child.on('close', resolve))
      expect(code).toBe(130)
      expect(out).toBe('')
      expect(err).toMatch(/interrupted; nothing was saved\n$/)
      const workspace = await openWorkspace(place[1])
      expect(await workspace.listModels()).toMatchObject([{ name: 'popularity', current: 1, versions: [1] }])
      expect((await workspace.loadModel('popularity')).method).toBe('popularity')
      expect(readdirSync(`${place[1]}/models/popularity/versions`)).toEqual(['000001'])
    },
    30_000,
  )

  it('stops a read that is under way', async () => {
    const { code, err } = await homophily(long(), 'kernels')
    expect(code).toBe(130)
    expect(err).toContain('interrupted; nothing was saved')
  })
})
