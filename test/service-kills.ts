/**
 * A service that is killed again and again, with SIGKILL, at seeded moments within chosen phases of its work, while events come in, versions
 * are trained, indexed, put into service and deleted. After each kill: every event that was acknowledged is there, every version that can be
 * seen is whole, its index, too, and the service that is started again answers with the version in service.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../src/random.ts'
import { storePath } from '../src/workspace/store/database.ts'
import { openStore } from '../src/workspace/store/store.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { JobPhases, type Phase, phases } from './job-phases.ts'
import { killGroup, type ServeProcess, startServe } from './serve-process.ts'
import { eventOf, ServiceWork } from './service-work.ts'

export interface KillOptions {
  readonly workspace: string
  readonly kills: number
  readonly seed: number
  readonly onKill?: (kill: Kill) => void
}

export interface Kill {
  readonly number: number
  /** What was killed. */
  readonly target: 'service and job' | 'service' | 'job'
  /** What the service was at when it was killed, whatever was aimed at. */
  readonly phase: Phase
  /** What the kill left half done on disk: `version`, `index`, `lock`. */
  readonly half: readonly string[]
  /** Events acknowledged so far, all of them found. */
  readonly events: number
  /** The version in service, and how many there are. */
  readonly version: number
  readonly versions: number
}

/** Milliseconds between two looks at the phase, and after which one that does not come is given up. */
const LOOK = 2
const PATIENCE = 120_000

export async function killAgainAndAgain({
  workspace,
  kills,
  seed,
  onKill,
}: KillOptions): Promise<readonly Kill[]> {
  const rng = new Random(seed)
  const acknowledged = new Set<string>()
  const done: Kill[] = []
  let last = 0
  await fill(workspace, acknowledged, rng)
  const lengths = await firstVersion(workspace, acknowledged, rng.stream('first'))
  for (let number = 1; number <= kills; number++) {
    // The phase that was hit the least.
    const hits = (phase: Phase) => done.filter((kill) => kill.phase === phase).length
    const aim = phases.toSorted((a, b) => hits(a) - hits(b))[0]
    const served = await startServe(workspace)
    const work = new ServiceWork(served, acknowledged, `k${number}`, rng.stream('work', number))
    try {
      await work.check(last)
      const now = new JobPhases(served, workspace, () => work.answering)
      work.start(aim !== 'ingestion')
      await whenAt(now, aim)
      await sleep(rng.float() * lengths[aim])
      const phase = now.now()
      const target = await kill(served, now.jobs(), rng)
      await work.stop()
      await killGroup(served)
      const half = halves(join(workspace, 'models'))
      const state = await inspect(workspace, acknowledged, last)
      last = state.version
      done.push({ number, target, phase, half, events: acknowledged.size, ...state })
      onKill?.(done.at(-1)!)
    } finally {
      await work.stop()
      await killGroup(served)
    }
  }
  const served = await startServe(workspace)
  try {
    await new ServiceWork(served, acknowledged, 'end', rng).check(last)
  } finally {
    await killGroup(served)
  }
  return done
}

/** Enough events to learn from. */
async function fill(workspace: string, acknowledged: Set<string>, rng: Random): Promise<void> {
  const store = await openStore(storePath(workspace))
  const events = Array.from({ length: 5000 }, (_, n) => ({
    ...eventOf(`first-${n}`, rng),
    time: 1e12 + n,
  }))
  await store.events.append(events)
  for (const { id } of events) acknowledged.add(id)
  await store.close()
}

/** Trains a version without being killed; answers how many milliseconds each phase takes. */
async function firstVersion(
  workspace: string,
  acknowledged: Set<string>,
  rng: Random,
): Promise<Record<Phase, number>> {
  const served = await startServe(workspace)
  const work = new ServiceWork(served, acknowledged, 'first', rng)
  const now = new JobPhases(served, workspace, () => work.answering)
  try {
    work.start(true)
    const began: number[] = []
    for (const phase of ['training', 'index building', 'promotion'] as const) {
      await whenAt(now, phase)
      began.push(performance.now())
    }
    while (now.now() === 'promotion') await sleep(LOOK)
    const [training, building, promotion] = began
    return {
      ingestion: 1000,
      training: building - training,
      'index building': promotion - building,
      promotion: performance.now() - promotion,
    }
  } finally {
    await work.stop()
    await killGroup(served)
  }
}

async function whenAt(now: JobPhases, phase: Phase): Promise<void> {
  const since = performance.now()
  while (now.now() !== phase) {
    if (performance.now() - since > PATIENCE) throw new Error(`${phase} did not begin`)
    await sleep(LOOK)
  }
}

/** Kills the service, or the process of its job, or both at once. A job whose service is gone ends by itself. */
async function kill(served: ServeProcess, jobs: readonly number[], rng: Random): Promise<Kill['target']> {
  const targets = jobs.length > 0 ? (['service and job', 'service', 'job'] as const) : (['service'] as const)
  const target = targets[rng.int(targets.length)]
  if (target === 'service and job') await killGroup(served)
  else if (target === 'service') {
    served.process.kill('SIGKILL')
    await served.ended
  } else {
    for (const pid of jobs) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        // It ended meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    // The service notices, and goes on.
    await sleep(300)
  }
  return target
}

/** What lies about under temporary names. */
function halves(models: string): string[] {
  return readdirSync(models).flatMap((name) => {
    if (name.startsWith('.lock')) return ['lock']
    if (!name.startsWith('.tmp-')) return []
    try {
      const files = readdirSync(join(models, name))
      return [files.some((file) => /^(items|similar-\w+)\.safetensors$/.test(file)) ? 'index' : 'version']
    } catch {
      // A file: of a lock, or of the file that says what is in service.
      return ['lock']
    }
  })
}

/** Looks at what is on disk while no service runs. */
async function inspect(
  directory: string,
  acknowledged: ReadonlySet<string>,
  before: number,
): Promise<{ version: number; versions: number }> {
  const store = await openStore(storePath(directory))
  const found = new Set<string>()
  for await (const page of store.events.upTo(await store.events.last()))
    for (const { id } of page) found.add(id)
  await store.close()
  const lost = [...acknowledged].filter((id) => !found.has(id))
  if (lost.length > 0)
    throw new Error(`${lost.length} acknowledged events are lost: ${lost.slice(0, 3).join(', ')}`)
  const workspace = await openWorkspace(directory)
  const [model] = await workspace.listModels()
  if (!model) return { version: 0, versions: 0 }
  if (model.problem !== undefined) throw new Error(model.problem)
  for (const version of model.versions) {
    await workspace.loadModel(model.name, version)
    await workspace.loadIndexes(model.name, version)
  }
  const current = model.current ?? 0
  if (current < before) throw new Error(`version ${before} was in service, now ${current} is`)
  return { version: current, versions: model.versions.length }
}
