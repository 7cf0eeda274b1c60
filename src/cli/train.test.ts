import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, homophily, temporaryFolder, twoGroups } from '../../test/run-cli.ts'

let folder: Folder
let train: string
let test: string
let place: string[]

beforeAll(() => {
  folder = temporaryFolder()
  const groups = twoGroups()
  train = folder.file('train.csv', groups.train)
  test = folder.file('test.csv', groups.test)
  place = ['--workspace', folder.file('workspace')]
})
afterAll(() => folder.remove())

describe('train', () => {
  it('trains, evaluates, saves and says what to do next', async () => {
    const { code, out, err } = await homophily([
      'train',
      'ease',
      train,
      '--test',
      test,
      '--k',
      '1,3',
      '--l2',
      '1',
      ...place,
    ])
    expect(code).toBe(0)
    expect(out).toContain('EASE on ')
    expect(out).toMatch(/recall +1\.000 ± 0\.0000 +1\.000 ± 0\.0000/)
    expect(out).toContain('Trained on 120 interactions of 24 users with 12 items; test 24 interactions.')
    expect(out).toMatch(/Saved as ease, version 1/)
    expect(out).toMatch(/Next: homophily recommend ease --user u0 --workspace /)
    expect(err).toMatch(/^kernels: (native|wasm) \S+, \d+ threads?/m)
    expect(err).toContain('read 120 rows of ')
  })

  it('prints one JSON document and nothing on standard error', async () => {
    const { code, out, err } = await homophily([
      'train',
      'ease',
      train,
      '--test',
      test,
      '--k',
      '1',
      '--l2',
      '1',
      '--name',
      'json',
      '--json',
      ...place,
    ])
    expect(code).toBe(0)
    expect(err).toBe('')
    const value = JSON.parse(out)
    expect(value).toMatchObject({
      command: 'train',
      model: { name: 'json', version: 1 },
      method: 'ease',
      config: { l2: 1 },
      seeds: [1],
      warnings: [],
    })
    expect(value.evaluation).toMatchObject({ kind: 'ranking', means: { 'recall@1': 1, 'ndcg@1': 1 } })
    expect(value.data).toMatchObject({ users: 24, items: 12, train: 120, validation: 0, test: 24 })
    expect(value.peakMemoryBytes).toBeGreaterThan(1e6)
  })

  it('runs several seeds on one split and saves the first', async () => {
    const argv = [
      'train',
      'mf-bpr',
      train,
      '--split',
      'ratio',
      '--test-share',
      '0.2',
      '--epochs',
      '3',
      '--seed',
      '5',
      '--seeds',
      '3',
    ]
    const { code, out } = await homophily([...argv, '--json', ...place])
    expect(code).toBe(0)
    const value = JSON.parse(out)
    expect(value.seeds).toEqual([5, 6, 7])
    expect(value.evaluation.kind).toBe('seeds')
    const { mean, min, max } = value.evaluation.metrics['recall@10']
    expect(min).toBeLessThanOrEqual(mean)
    expect(max).toBeGreaterThanOrEqual(mean)
    const shown = JSON.parse((await homophily(['models', 'show', 'mf-bpr', '--json', ...place])).out)
    expect(shown.versions[0].details).toMatchObject({ seed: 5, method: 'mf-bpr', config: { epochs: 3 } })
    expect((await homophily([...argv, ...place])).out).toMatch(/Over seeds \(n = 3\)/)
  })

  it('stops early by a validation share of train, and says so', async () => {
    const argv = [
      'train',
      'mf-bpr',
      train,
      '--test',
      test,
      '--validation-share',
      '0.2',
      '--epochs',
      '4',
      '--validate-every',
      '2',
      '--no-save',
    ]
    const { code, out, err } = await homophily([...argv, ...place])
    expect(code).toBe(0)
    expect(out).toContain('20 % of train held out for validation')
    expect(out).toMatch(/Trained on 96 interactions .* validation 24 interactions; test 24\s+interactions\./)
    expect(out).toContain('Not saved (--no-save).')
    expect(err).toMatch(/validation \d\.\d{4} \(best\)/)
  })

  it('warns where a validation part is of no use to the method', async () => {
    const { out } = await homophily([
      'train',
      'popularity',
      train,
      '--test',
      test,
      '--validation-share',
      '0.2',
      '--no-save',
      ...place,
    ])
    expect(out).toMatch(/! Popularity does not stop early: the validation part was held out and not used\./)
  })

  it('trains on everything with --split none', async () => {
    const { code, out } = await homophily([
      'train',
      'popularity',
      train,
      '--split',
      'none',
      '--name',
      'whole',
      ...place,
    ])
    expect(code).toBe(0)
    expect(out).toContain('Split: none: trained on everything')
    expect(out).not.toContain('recall')
    expect(out).toContain('Saved as whole, version 1')
  })

  it('goes on from a checkpoint to the same model, and removes it', async () => {
    const argv = [
      'train',
      'mf-bpr',
      train,
      '--test',
      test,
      '--epochs',
      '60',
      '--validation-share',
      '0.2',
      '--validate-every',
      '10',
      '--patience',
      '9',
      ...place,
    ]
    const straight = JSON.parse((await homophily([...argv, '--no-save', '--json'])).out)
    const stopped = await homophily([...argv, '--name', 'resumed', '--checkpoint', '0'], 'train 30/60')
    expect(stopped.code).toBe(130)
    expect(stopped.err).toContain('--resume goes on from the last checkpoint')
    expect((await homophily([...argv, '--name', 'resumed', '--resume', '--rate', '0.5'])).err).toContain(
      'of other data, settings or seed',
    )
    const resumed = await homophily([...argv, '--name', 'resumed', '--resume'])
    expect(resumed.err).toMatch(/going on after epoch (29|30)\n/)
    const { versions } = JSON.parse((await homophily(['models', 'show', 'resumed', '--json', ...place])).out)
    expect(versions[0].details.metrics['ndcg@20']).toBe(straight.evaluation.means['ndcg@20'])
    expect(readdirSync(folder.file('workspace/checkpoints'))).toEqual([])
    const anew = await homophily([...argv, '--name', 'resumed', '--resume', '--no-save'])
    expect(anew.err).toContain('there is no checkpoint of resumed: starting from the beginning')
  })

  it('writes reports whole, over what was there, and leaves nothing beside them', async () => {
    const json = folder.file('reports.json', 'old')
    const md = folder.file('reports.md')
    const before = readdirSync(folder.path).length
    const { code, out } = await homophily([
      'train',
      'ease',
      train,
      '--test',
      test,
      '--report-json',
      json,
      '--report-md',
      md,
      '--json',
      '--no-save',
      ...place,
    ])
    expect(code).toBe(0)
    expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(JSON.parse(out))
    const text = readFileSync(md, 'utf8')
    expect(text).toMatch(/^## EASE on /)
    expect(text).toMatch(/\| ndcg \|/)
    expect(text).toContain('- Trained on 120 interactions')
    expect(readdirSync(folder.path).length).toBe(before + 1)
  })

  it('names every setting of the method in its help, with defaults', async () => {
    const { code, out } = await homophily(['train', 'fast-lightgcn', '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(/--layer-weights <numbers> .*\(default:\s+0,0\.12,0\.38,0\.5\)/)
    expect(out).toMatch(/--temperature <number>/)
  })

  it('shows malformed rows that were left out', async () => {
    const rows = twoGroups().train + 'u1,\n'
    const file = folder.file('bad.csv', rows)
    const { code, out } = await homophily([
      'train',
      'popularity',
      file,
      '--split',
      'none',
      '--no-save',
      ...place,
    ])
    expect(code).toBe(0)
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'bad.csv: 1 of 121 rows are malformed and left out; the first:',
    )
    expect(out).toContain('bad.csv:122')
  })

  it('gives help and version on standard output', async () => {
    const help = await homophily(['--help'])
    expect(help).toMatchObject({ code: 0, err: '' })
    expect(help.out).toMatch(/Exit codes: 0 done/)
    expect(await homophily(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })
})
