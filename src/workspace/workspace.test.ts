import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { release } from './manifest.ts'
import { openWorkspace } from './workspace.ts'
import type { ModelBundle, Workspace } from './workspace.ts'

let root = ''
let directory = ''
let workspace: Workspace
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'workspace-'))
  directory = join(root, "it's [a] wörk*space")
  workspace = await openWorkspace(directory)
})
afterEach(() => rm(root, { recursive: true }))

function bundle(mark = 1): ModelBundle {
  return {
    method: 'lightgcn',
    config: { dim: 2, note: 'é "quoted"' },
    seed: 7,
    tensors: { users: { data: new Float32Array([mark, 2, 3, 4]), shape: [2, 2] } },
    metadata: { layers: [1, null, { deep: true }], 10: 'ten', 2: 'two' },
    users: ['a,b', '漢/\n"'],
    items: new Set(['x']),
    metrics: { 'recall@20': 0.25 },
    report: { rows: [0.1, 1e-300] },
    data: { sha256: 'abc' },
  }
}
const versionOf = (version: number) =>
  join(directory, 'models', 'm', 'versions', String(version).padStart(6, '0'))
const currentFile = () => join(directory, 'models', 'm', 'current')

describe('saving and loading', () => {
  test('what goes in comes out', async () => {
    expect(await workspace.saveModel('m', bundle())).toEqual({ name: 'm', version: 1 })
    const { created, ...model } = await (await openWorkspace(directory)).loadModel('m')
    expect(Number.isNaN(Date.parse(created))).toBe(false)
    expect(model).toEqual({ ...bundle(), items: ['x'], name: 'm', version: 1, homophily: release })
    expect((await readdir(versionOf(1))).sort()).toEqual(
      ['items.parquet', 'model.json', 'report.json', 'users.parquet', 'weights.safetensors'].sort(),
    )
  })

  test('report, data and metrics may be left out; vocabularies and tensors may be empty', async () => {
    const small: ModelBundle = {
      method: 'pop',
      config: {},
      seed: 0,
      tensors: {},
      metadata: null,
      users: [],
      items: [],
    }
    await workspace.saveModel('m', small)
    const model = await workspace.loadModel('m')
    expect(model).toMatchObject({ ...small, metrics: {} })
    expect('report' in model || 'data' in model).toBe(false)
  })

  test('versions count up, each keeps its own contents, the last one is in service', async () => {
    for (const mark of [1, 2, 3]) await workspace.saveModel('m', bundle(mark))
    expect((await workspace.loadModel('m')).tensors.users.data[0]).toBe(3)
    expect((await workspace.loadModel('m', 2)).tensors.users.data[0]).toBe(2)
    await workspace.saveModel('another', bundle())
    expect(await workspace.listModels()).toEqual([
      { name: 'another', current: 1, versions: [1] },
      { name: 'm', current: 3, versions: [1, 2, 3] },
    ])
  })

  test('showing a model', async () => {
    await workspace.saveModel('m', bundle())
    await workspace.saveModel('m', bundle())
    const { current, versions } = await workspace.showModel('m')
    expect(current).toBe(2)
    expect(versions.map(({ version, current }) => [version, current])).toEqual([
      [1, false],
      [2, true],
    ])
    const sizes = ['items.parquet', 'report.json', 'users.parquet', 'weights.safetensors'].map(
      async (file) => (await stat(join(versionOf(1), file))).size,
    )
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(versions[0].details).toMatchObject({
      method: 'lightgcn',
      metrics: { 'recall@20': 0.25 },
      users: 2,
      items: 1,
      bytes,
    })
  })

  test('opening creates nothing', async () => {
    expect(await workspace.listModels()).toEqual([])
    expect(await readdir(root)).toEqual([])
  })

  const bad: [string, string, Partial<ModelBundle>, string, RegExp][] = [
    [
      'NaN in the report',
      'm',
      { report: { metrics: [{ loss: NaN }] } },
      'ARGUMENT',
      /report\.metrics\[0\]\.loss: .* got NaN/,
    ],
    [
      'a typed array in metadata',
      'm',
      { metadata: { w: new Float32Array(2) } },
      'ARGUMENT',
      /metadata\.w: .*Float32Array/,
    ],
    ['a Map in the configuration', 'm', { config: { m: new Map() } }, 'ARGUMENT', /config\.m: .*Map/],
    ['a bigint', 'm', { data: 3n }, 'ARGUMENT', /data: .*bigint/],
    ['a wrong shape', 'm', { tensors: { t: { data: new Float32Array(3), shape: [2] } } }, 'SHAPE', /"t"/],
    ['an id that is no text', 'm', { users: ['\udc00'] }, 'ARGUMENT', /id 0/],
    ['a path', '../m', {}, 'ARGUMENT', /name: .* got "\.\.\/m"/],
    ['a dot', '.', {}, 'ARGUMENT', /name/],
    ['a hidden name', '.tmp-x', {}, 'ARGUMENT', /name/],
    ['an empty name', '', {}, 'ARGUMENT', /name/],
    ['a long name', 'x'.repeat(101), {}, 'ARGUMENT', /name/],
    ['a newline at the end', 'm\n', {}, 'ARGUMENT', /name/],
  ]
  test.each(bad)('refused, and nothing left: %s', async (_, name, change, code, message) => {
    const saving = workspace.saveModel(name, { ...bundle(), ...change })
    await expect(saving).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await workspace.listModels()).toEqual([])
    const left = await readdir(join(directory, 'models')).catch(() => [])
    expect(left).toEqual([])
  })
})

describe('unknown names', () => {
  test('the nearest are given', async () => {
    await workspace.saveModel('gowalla', bundle())
    const unknown = { code: 'UNKNOWN_NAME', message: expect.stringContaining('"gowalla"') as string }
    await expect(workspace.loadModel('gowala')).rejects.toMatchObject(unknown)
    await expect(workspace.showModel('../gowalla')).rejects.toMatchObject(unknown)
    await expect(workspace.rollback('walla')).rejects.toMatchObject(unknown)
    await expect(workspace.deleteModel('..')).rejects.toMatchObject(unknown)
    await expect(workspace.loadModel('gowalla', 7)).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
      message: 'unknown version of model "gowalla" "7"; known: "1"',
    })
  })
})

describe('rollback and deletion', () => {
  beforeEach(async () => {
    for (const mark of [1, 2, 3]) await workspace.saveModel('m', bundle(mark))
  })
  const inService = async () => (await workspace.loadModel('m')).version

  test('back by one, to a version, and no further than the first', async () => {
    expect(await workspace.rollback('m')).toEqual({ name: 'm', version: 2 })
    expect(await inService()).toBe(2)
    await workspace.rollback('m')
    await expect(workspace.rollback('m')).rejects.toMatchObject({ code: 'MISSING' })
    await workspace.rollback('m', 3)
    expect(await inService()).toBe(3)
    await expect(workspace.rollback('m', 4)).rejects.toMatchObject({ code: 'UNKNOWN_NAME' })
  })

  test('to a damaged version it is refused', async () => {
    await truncate(join(versionOf(2), 'weights.safetensors'), 10)
    await expect(workspace.rollback('m')).rejects.toMatchObject({ code: 'ARTEFACT' })
    expect(await inService()).toBe(3)
  })

  test('a save after a rollback takes a new number and goes into service', async () => {
    await workspace.rollback('m', 1)
    expect((await workspace.saveModel('m', bundle(4))).version).toBe(4)
    expect(await inService()).toBe(4)
  })

  test('the version in service stays, others go, numbers are not used again', async () => {
    await expect(workspace.deleteModel('m', 3)).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringMatching(/in service/),
    })
    await workspace.rollback('m', 1)
    await workspace.deleteModel('m', 3)
    await expect(workspace.deleteModel('m', 3)).rejects.toMatchObject({ code: 'UNKNOWN_NAME' })
    expect((await workspace.saveModel('m', bundle())).version).toBe(4)
    expect((await workspace.listModels())[0].versions).toEqual([1, 2, 4])
  })

  test('a whole model goes, others stay', async () => {
    await workspace.saveModel('other', bundle())
    await workspace.deleteModel('m')
    await expect(workspace.loadModel('m')).rejects.toMatchObject({ code: 'UNKNOWN_NAME' })
    expect(await readdir(join(directory, 'models'))).toEqual(['other'])
    expect((await workspace.saveModel('m', bundle())).version).toBe(1)
  })
})

describe('damage', () => {
  beforeEach(async () => {
    await workspace.saveModel('m', bundle())
  })

  const everyFile = ['model.json', 'weights.safetensors', 'users.parquet', 'items.parquet', 'report.json']
  test.each(everyFile)('in %s is found: a changed byte, a lost end, an empty file, no file', async (file) => {
    const path = join(versionOf(1), file)
    const good = await readFile(path)
    const refused = { code: 'ARTEFACT', message: expect.stringContaining(path) as string }
    for (const at of [0, good.length >> 1, good.length - 2]) {
      const bytes = Buffer.from(good)
      bytes[at] ^= 1
      await writeFile(path, bytes)
      await expect(workspace.loadModel('m')).rejects.toMatchObject(refused)
    }
    for (const length of [good.length >> 1, 0]) {
      await writeFile(path, good.subarray(0, length))
      await expect(workspace.loadModel('m')).rejects.toMatchObject(refused)
    }
    await rm(path)
    await expect(workspace.loadModel('m')).rejects.toMatchObject(refused)
    await writeFile(path, good)
    expect((await workspace.loadModel('m')).version).toBe(1)
  })

  test('of one version is shown beside the others', async () => {
    await workspace.saveModel('m', bundle())
    await writeFile(join(versionOf(1), 'model.json'), '{')
    const { versions } = await workspace.showModel('m')
    expect(versions[0].problem).toMatch(/expected JSON/)
    expect(versions[1].details?.method).toBe('lightgcn')
  })

  test('of the file that names the version in service is mended by a rollback or a save', async () => {
    await workspace.saveModel('m', bundle())
    await writeFile(currentFile(), '{"version":"x"}')
    await expect(workspace.loadModel('m')).rejects.toMatchObject({
      code: 'ARTEFACT',
      message: expect.stringMatching(/[Rr]oll back/),
    })
    expect((await workspace.listModels())[0]).toMatchObject({
      current: undefined,
      problem: expect.stringContaining('current'),
    })
    expect((await workspace.loadModel('m', 1)).version).toBe(1)
    await workspace.rollback('m', 1)
    expect((await workspace.loadModel('m')).version).toBe(1)
    await writeFile(currentFile(), '')
    expect((await workspace.saveModel('m', bundle())).version).toBe(3)
    expect((await workspace.loadModel('m')).version).toBe(3)
  })

  test('no version in service', async () => {
    await rm(currentFile())
    await expect(workspace.loadModel('m')).rejects.toMatchObject({
      code: 'MISSING',
      message: expect.stringMatching(/rollback to it: 1/),
    })
    await workspace.rollback('m', 1)
    expect((await workspace.loadModel('m')).version).toBe(1)
  })
})

describe('formats', () => {
  /** Rewrites `model.json` as another release would have. */
  async function rewrite(change: Record<string, unknown>): Promise<void> {
    const path = join(versionOf(1), 'model.json')
    const { checksum: _, ...body } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    const changed = { ...body, ...change }
    const checksum = createHash('sha256').update(JSON.stringify(changed)).digest('hex')
    await writeFile(path, JSON.stringify({ ...changed, checksum }))
  }
  beforeEach(async () => {
    await workspace.saveModel('m', bundle())
  })

  test('a later format of a model is refused, naming who wrote it', async () => {
    await rewrite({ formatVersion: 2, homophily: '9.1.0', config: 'of another kind' })
    await expect(workspace.loadModel('m')).rejects.toMatchObject({
      code: 'ARTEFACT',
      message: expect.stringMatching(
        /got format 2, written by homophily 9\.1\.0\. Use homophily 9\.1\.0 or later/,
      ),
    })
  })

  test('unknown keys in the same format are ignored', async () => {
    await rewrite({ tags: ['new'], homophily: '0.9.9' })
    expect(await workspace.loadModel('m')).toMatchObject({ homophily: '0.9.9', seed: 7 })
  })

  test('a model without a format, or of the wrong form, is refused', async () => {
    await rewrite({ formatVersion: 'one' })
    await expect(workspace.loadModel('m')).rejects.toMatchObject({
      message: expect.stringMatching(/formatVersion.*got "one"/),
    })
    await rewrite({ formatVersion: 1, users: -1 })
    await expect(workspace.loadModel('m')).rejects.toMatchObject({
      code: 'ARTEFACT',
      message: expect.stringMatching(/users/),
    })
  })

  test('a later workspace is refused when it is opened, a garbled one too', async () => {
    const path = join(directory, 'workspace.json')
    await writeFile(path, JSON.stringify({ formatVersion: 3, homophily: '9.1.0' }))
    await expect(openWorkspace(directory)).rejects.toMatchObject({
      code: 'ARTEFACT',
      message: expect.stringMatching(/9\.1\.0/),
    })
    await writeFile(path, '')
    await expect(openWorkspace(directory)).rejects.toMatchObject({
      code: 'ARTEFACT',
      message: expect.stringMatching(/an empty file/),
    })
  })
})

describe('checkpoints', () => {
  const checkpoint = (epoch: number) => ({
    tensors: { m: { data: new Float32Array([epoch]), shape: [1] } },
    metadata: { epoch, best: null },
  })

  test('the last one saved is loaded, until it is removed', async () => {
    expect(await workspace.loadCheckpoint('run')).toBeUndefined()
    await workspace.saveCheckpoint('run', checkpoint(1))
    await workspace.saveCheckpoint('run', checkpoint(2))
    expect(await workspace.loadCheckpoint('run')).toEqual(checkpoint(2))
    expect(await readdir(join(directory, 'checkpoints'))).toEqual(['run.safetensors'])
    await workspace.removeCheckpoint('run')
    await workspace.removeCheckpoint('run')
    expect(await workspace.loadCheckpoint('run')).toBeUndefined()
  })

  test('names, JSON and damage are checked', async () => {
    await expect(workspace.saveCheckpoint('a/b', checkpoint(1))).rejects.toMatchObject({ code: 'ARGUMENT' })
    await expect(workspace.loadCheckpoint('../m')).rejects.toMatchObject({ code: 'ARGUMENT' })
    await workspace.saveCheckpoint('run', checkpoint(1))
    const unsaveable = { tensors: {}, metadata: { loss: Infinity } }
    await expect(workspace.saveCheckpoint('run', unsaveable)).rejects.toMatchObject({ code: 'ARGUMENT' })
    expect(await workspace.loadCheckpoint('run')).toEqual(checkpoint(1))
    await truncate(join(directory, 'checkpoints', 'run.safetensors'), 100)
    await expect(workspace.loadCheckpoint('run')).rejects.toMatchObject({ code: 'ARTEFACT' })
  })
})
