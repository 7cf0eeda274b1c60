/** What is on disk after writers are killed, fail half-way, or get in each other's way. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { openWorkspace } from './workspace.ts'
import type { LoadedModel, ModelBundle } from './workspace.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crash-'))
})
const running = new Set<ChildProcess>()
afterEach(async () => {
  for (const child of running) await kill(child)
  await rm(directory, { recursive: true })
})

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  running.delete(child)
}

/** Saves models whose parts all carry the same mark, `first`, `first + 1` and so on, `count` times. */
const script = `
  import { openWorkspace } from ${JSON.stringify(new URL('workspace.ts', import.meta.url).href)}
  const [directory, first, count] = process.argv.slice(1)
  const workspace = await openWorkspace(directory)
  for (let mark = Number(first); mark < Number(first) + Number(count); mark++) {
    const tensors = { t: { data: new Float32Array(2000).fill(mark), shape: [2000] } }
    const { version } = await workspace.saveModel('m', {
      method: 'x', config: { mark }, seed: mark, tensors, metadata: mark, users: ['u' + mark], items: ['i' + mark], report: mark,
    })
    await workspace.saveCheckpoint('c', { tensors, metadata: mark })
    console.log(version)
  }
`
function writer(first: number, count: number): ChildProcess {
  const args = ['--input-type=module', '-e', script, directory, String(first), String(count)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  return child
}

function bundle(mark: number): ModelBundle {
  const tensors = { t: { data: new Float32Array(2000).fill(mark), shape: [2000] } }
  return {
    method: 'x',
    config: { mark },
    seed: mark,
    tensors,
    metadata: mark,
    users: [`u${mark}`],
    items: [`i${mark}`],
    report: mark,
  }
}

/** Fails when the parts of a model are not of one save. */
function expectWhole(model: LoadedModel): void {
  const { name: _, version: _v, created: _c, homophily: _h, metrics: _m, ...rest } = model
  expect(rest).toEqual(bundle(model.seed))
}

test(
  'killed at 50 moments while saving: what is in service is whole, and the next save works',
  { timeout: 120_000 },
  async () => {
    const random = new Random(1)
    let first = 1
    let best = 0
    // Two writers at once, so that what a live one is writing must survive the clearing away after the other's end.
    const spawned = () => writer((first += 1000), 1000)
    const writers = [spawned(), spawned()]
    for (let round = 0; round < 50; round++) {
      const victim = round % 2
      const child = writers[victim]
      await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])
      expect(child.exitCode).toBeNull()
      await sleep(random.float() * 60)
      child.kill('SIGKILL')
      await once(child, 'exit')
      writers[victim] = spawned()
      const workspace = await openWorkspace(directory)
      const model = await workspace.loadModel('m')
      expectWhole(model)
      expect(model.version).toBeGreaterThanOrEqual(best)
      const { version } = await workspace.saveModel('m', bundle(round))
      expect(version).toBeGreaterThan(model.version)
      expectWhole(await workspace.loadModel('m', version))
      const checkpoint = await workspace.loadCheckpoint('c')
      if (checkpoint)
        expect(checkpoint.tensors.t.data).toEqual(new Float32Array(2000).fill(checkpoint.metadata as number))
      best = version
    }
    for (const child of writers) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const workspace = await openWorkspace(directory)
    const last = await workspace.saveModel('m', bundle(1))
    for (const version of (await workspace.listModels())[0].versions)
      expectWhole(await workspace.loadModel('m', version))
    expect((await workspace.loadModel('m')).version).toBe(last.version)
    expect(await temporaries()).toEqual([])
  },
)

test('two processes and this one save and read the same model', { timeout: 60_000 }, async () => {
  const each = 12
  const writers = [writer(1000, each), writer(2000, each)]
  const printed: number[] = []
  const ends = writers.map(async (child) => {
    child.stdout!.setEncoding('utf8')
    let text = ''
    for await (const part of child.stdout!) text += part as string
    printed.push(...text.trim().split('\n').map(Number))
  })
  const workspace = await openWorkspace(directory)
  const own = await Promise.all([1, 2, 3].map((mark) => workspace.saveModel('m', bundle(mark))))
  const writing = { done: false }
  const finished = Promise.all(ends).then(() => (writing.done = true))
  let last = 0
  while (!writing.done) {
    const model = await workspace.loadModel('m')
    expectWhole(model)
    expect(model.version).toBeGreaterThanOrEqual(last)
    last = model.version
  }
  await finished
  const versions = [...printed, ...own.map((saved) => saved.version)].sort((a, b) => a - b)
  const all = Array.from({ length: 2 * each + 3 }, (_, i) => i + 1)
  expect(versions).toEqual(all)
  expect(await workspace.listModels()).toEqual([{ name: 'm', current: all.length, versions: all }])
  for (const version of all) expectWhole(await workspace.loadModel('m', version))
  expect(await temporaries()).toEqual([])
})

test('saving while the model is deleted again and again', async () => {
  const workspace = await openWorkspace(directory)
  const deletions = async () => {
    for (let i = 0; i < 10; i++) {
      await sleep(7)
      await workspace
        .deleteModel('m')
        .catch((error: { code: string }) => expect(error.code).toBe('UNKNOWN_NAME'))
    }
  }
  const saves = async () => {
    for (let mark = 0; mark < 10; mark++) await workspace.saveModel('m', bundle(mark))
  }
  await Promise.all([saves(), deletions()])
  await workspace.saveModel('m', bundle(11))
  expectWhole(await workspace.loadModel('m'))
  expect(await temporaries()).toEqual([])
})

/** Temporary files, directories and locks that are left. */
async function temporaries(): Promise<string[]> {
  return (await readdir(directory, { recursive: true })).filter((path) => /(^|\/)\.(tmp|lock)-/.test(path))
}
