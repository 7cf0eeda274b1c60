/**
 * A service that is killed again and again, with SIGKILL, at seeded moments, while events come in, versions are trained, indexed, put into
 * service and deleted. After each kill: every event that was acknowledged is there, every version that can be seen is whole, its index, too,
 * and the service that is started again answers with the version in service.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../src/random.ts'
import { storePath } from '../src/workspace/store/database.ts'
import { openStore } from '../src/workspace/store/store.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { killGroup, type ServeProcess, startServe } from './serve-process.ts'

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
  /** What the job did then, as far as it had said. */
  readonly phase: string
  /** What the kill left half done on disk: `version`, `index`, `lock`. */
  readonly half: readonly string[]
  /** Events acknowledged so far, all of them found. */
  readonly events: number
  /** The version in service, and how many there are. */
  readonly version: number
  readonly versions: number
}

const USERS = 60
const ITEMS = 40
/** Versions that are kept; older ones are deleted while the service runs. */
const KEPT = 3
/** Small and quick, with vectors, so that an index is built. */
const job = {
  kind: 'train',
  method: 'mf-bpr',
  config: { dim: 8, epochs: 1 },
  test: 0.2,
  index: 'always',
}
/** Moments are drawn over so many times what a job takes, so that what comes after it is hit, too. */
const BEYOND = 1.3
/** So many kills without a new version in between. */
const FRUITLESS = 5
const BATCH = 10

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
  let whole = await newVersion(workspace, acknowledged, rng.stream('first'))
  let fruitless = 0
  for (let number = 1; number <= kills; number++) {
    const served = await startServe(workspace)
    const work = new Work(served, acknowledged, `k${number}`, rng.stream('work', number))
    try {
      await work.check(last)
      work.start()
      await sleep(50 + BEYOND * whole * rng.float())
      const target = (['service and job', 'service', 'job'] as const)[rng.int(3)]
      const phase = await work.phase()
      await kill(served, target)
      await work.stop()
      await killGroup(served)
      const half = halves(join(workspace, 'models'))
      const state = await inspect(workspace, acknowledged, last)
      fruitless = state.version > last ? 0 : fruitless + 1
      last = state.version
      done.push({ number, target, phase, half, events: acknowledged.size, ...state })
      onKill?.(done.at(-1)!)
    } finally {
      await killGroup(served)
    }
    // The machine is slower than it was: how long a job takes is measured again, so that moments reach all of it.
    if (fruitless < FRUITLESS) continue
    whole = await newVersion(workspace, acknowledged, rng.stream('again', number))
    fruitless = 0
  }
  const served = await startServe(workspace)
  try {
    await new Work(served, acknowledged, 'end', rng).check(last)
  } finally {
    await killGroup(served)
  }
  return done
}

/** Enough events to learn from. */
async function fill(workspace: string, acknowledged: Set<string>, rng: Random): Promise<void> {
  const store = await openStore(storePath(workspace))
  const events = Array.from({ length: 2000 }, (_, n) => ({ ...eventOf(`first-${n}`, rng), time: 1e12 + n }))
  await store.events.append(events)
  for (const { id } of events) acknowledged.add(id)
  await store.close()
}

/** Trains a version without being killed; answers how many milliseconds that takes. */
async function newVersion(workspace: string, acknowledged: Set<string>, rng: Random): Promise<number> {
  const served = await startServe(workspace)
  const work = new Work(served, acknowledged, `v${rng.uint32()}`, rng)
  try {
    const before = await work.version()
    work.start()
    // The first may have been taken from a service that was killed: from one end to the next is a whole job.
    for (let first = before; first === before; first = await work.version()) await sleep(20)
    const [started, first] = [performance.now(), await work.version()]
    while ((await work.version()) === first) await sleep(20)
    return performance.now() - started
  } finally {
    await work.stop()
    await killGroup(served)
  }
}

function eventOf(id: string, rng: Random) {
  const user = rng.int(USERS)
  const item = 2 * rng.int(ITEMS / 2) + (user % 2)
  return { id, user: `u${user}`, item: `i${item}`, type: 'view', weight: 1, recommendation: null }
}

/** The service, or the process of its job, or both at once. A job whose service is gone ends by itself. */
async function kill(served: ServeProcess, target: Kill['target']): Promise<void> {
  if (target === 'service and job') return killGroup(served)
  if (target === 'service') {
    served.process.kill('SIGKILL')
    await served.ended
    return
  }
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      if (parent === served.process.pid) process.kill(Number(entry), 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
  // The service notices, and goes on.
  await sleep(300)
}

interface JobState {
  readonly status: string
  readonly started: number | null
  readonly progress: { readonly phase?: string } | null
}

/** What keeps a service busy: events, jobs, deletions. */
class Work {
  readonly #url: string
  readonly #acknowledged: Set<string>
  readonly #name: string
  readonly #rng: Random
  readonly #started = Date.now()
  #running: Promise<unknown> = Promise.resolve()
  #stopped = false

  constructor(served: ServeProcess, acknowledged: Set<string>, name: string, rng: Random) {
    this.#url = served.url
    this.#acknowledged = acknowledged
    this.#name = name
    this.#rng = rng
  }

  start(): void {
    const streams = [this.#send('a'), this.#send('b'), this.#train()]
    this.#running = Promise.all(streams)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** What the running job last said it does; jobs of services that were killed still count as running for a while. */
  async phase(): Promise<string> {
    const jobs = (await this.#jobs()) ?? []
    const [newest] = jobs.filter(({ started }) => started !== null && started >= this.#started)
    if (!newest) return 'no job'
    return newest.status === 'running' ? (newest.progress?.phase ?? 'start') : newest.status
  }

  /** The version in service. */
  async version(): Promise<number> {
    return (await this.#call('GET', '/v1/models'))?.inService ?? 0
  }

  /** The service is ready, and answers with the version that was in service, or a later one. */
  async check(version: number): Promise<void> {
    const ready = await this.#call('GET', '/health/ready')
    if (ready?.ready !== true) throw new Error(`not ready: ${JSON.stringify(ready)}`)
    if (version === 0) return
    const answer = await this.#call('GET', '/v1/users/u1/recommendations')
    if (!(answer?.model?.version >= version) || answer?.items?.length === 0)
      throw new Error(`expected an answer of version ${version}, got ${JSON.stringify(answer)}`)
  }

  async #jobs(): Promise<readonly JobState[] | undefined> {
    return (await this.#call('GET', '/v1/jobs?limit=5'))?.items
  }

  async #send(stream: string): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      const events = Array.from({ length: BATCH }, (_, at) =>
        eventOf(`${this.#name}-${stream}-${n}-${at}`, this.#rng),
      )
      const body = events.map(({ recommendation: _none, ...event }) => event)
      const stored = await this.#call('POST', '/v1/events', body)
      if (stored?.stored === BATCH) for (const { id } of events) this.#acknowledged.add(id)
      await sleep(30)
    }
  }

  async #train(): Promise<void> {
    while (!this.#stopped) {
      // One waits at any time, so that the next begins when one ends.
      const jobs = await this.#jobs()
      if (jobs && !jobs.some(({ status }) => status === 'waiting')) {
        await this.#call('POST', '/v1/jobs', job)
        const models = await this.#call('GET', '/v1/models')
        const numbers = (models?.versions ?? []).map((one: { version: number }) => one.version) as number[]
        for (const version of numbers.slice(0, -KEPT)) await this.#call('DELETE', `/v1/models/${version}`)
      }
      await sleep(50)
    }
  }

  /** The answer, or null where there is none: the service is gone, or going. */
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of several routes
  async #call(method: string, path: string, body?: unknown): Promise<any> {
    try {
      const response = await fetch(this.#url + path, {
        method,
        signal: AbortSignal.timeout(20_000),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      return await response.json()
    } catch {
      return null
    }
  }
}

/** What lies about under temporary names. */
function halves(models: string): string[] {
  return readdirSync(models).flatMap((name) => {
    if (name.startsWith('.lock')) return ['lock']
    if (!name.startsWith('.tmp-')) return []
    try {
      return [
        readdirSync(join(models, name)).some((file) => /^(items|similar-\w+)\.safetensors$/.test(file))
          ? 'index'
          : 'version',
      ]
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
