/**
 * A training that is killed at any moment, of reading, training, checkpointing or saving, leaves the workspace readable and the
 * version in service as it was. The command line runs in a process of its own and is killed with SIGKILL at seeded moments.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { Random } from '../src/random.ts'
import { loadRecommender } from '../src/workspace/recommenders.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const KILLS = 50
const folder = mkdtempSync(join(tmpdir(), 'homophily-kill-'))
afterAll(() => rmSync(folder, { recursive: true }))
const directory = join(folder, 'workspace')
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

const rng = new Random(1)
const events = Array.from({ length: 3000 }, () => `u${rng.int(150)},i${rng.int(90)}`)
writeFileSync(join(folder, 'events.csv'), `user,item\n${events.join('\n')}\n`)

/** Trains and saves a new version; resolves with whether it was left to finish. */
function train(killAfter: number | null): Promise<boolean> {
  const settings = ['--dim', '8', '--epochs', '25', '--batch', '256', '--checkpoint', '0', '--split', 'none']
  const child = spawn(
    process.execPath,
    [main, 'train', 'lightgcn', join(folder, 'events.csv'), ...settings, '--workspace', directory, '--quiet'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let complaint = ''
  child.stderr.on('data', (text) => (complaint += text))
  return new Promise((resolve, reject) => {
    const timer = killAfter === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve(false)
      else if (code === 0) resolve(true)
      else reject(new Error(`exit ${code}: ${complaint}`))
    })
  })
}

test(
  `after each of ${KILLS} kills the version in service loads and answers as before`,
  { timeout: 240_000 },
  async () => {
    // The fastest run so far: moments are drawn over its length, so that most of them come before the end.
    let whole = Infinity
    const timed = async (killAfter: number | null): Promise<boolean> => {
      const start = performance.now()
      const finished = await train(killAfter)
      if (finished) whole = Math.min(whole, performance.now() - start)
      return finished
    }
    await timed(null)
    let killed = 0
    let version = 1
    let answer: unknown
    for (let round = 0; round < 3 * KILLS && killed < KILLS; round++) {
      const finished = await timed(whole * (0.25 + 0.75 * rng.float()))
      if (!finished) killed++
      const workspace = await openWorkspace(directory)
      const [model] = await workspace.listModels()
      expect(model.problem).toBeUndefined()
      // A kill after the new version went into service is as good as a finished run: one version more, never less.
      expect(model.current! - version).toBeOneOf(finished ? [1] : [0, 1])
      using loaded = await loadRecommender(workspace, 'lightgcn')
      const now = loaded.recommend('u7', { n: 20 })
      // Every version is the same training, so whatever is in service must answer the same.
      answer ??= now
      expect(now).toEqual(answer)
      version = model.current!
    }
    expect(killed).toBe(KILLS)
    await train(null)
    const workspace = await openWorkspace(directory)
    expect((await workspace.listModels())[0].current).toBe(version + 1)
    expect(readdirSync(join(directory, 'models')).filter((name) => name.startsWith('.'))).toEqual([])
  },
)
