/** What keeps a service busy that is about to be killed: events, jobs, deletions; and whether it answers. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../src/random.ts'
import type { ServeProcess } from './serve-process.ts'

const USERS = 400
const ITEMS = 300
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
const BATCH = 10

export function eventOf(id: string, rng: Random) {
  const user = rng.int(USERS)
  const item = 2 * rng.int(ITEMS / 2) + (user % 2)
  return { id, user: `u${user}`, item: `i${item}`, type: 'view', weight: 1, recommendation: null }
}

export class ServiceWork {
  readonly #url: string
  readonly #acknowledged: Set<string>
  readonly #name: string
  readonly #rng: Random
  #running: Promise<unknown> = Promise.resolve()
  #stopped = false
  #answering = 0

  /** @param acknowledged gets the ids of the events that the service said it has stored */
  constructor(served: ServeProcess, acknowledged: Set<string>, name: string, rng: Random) {
    this.#url = served.url
    this.#acknowledged = acknowledged
    this.#name = name
    this.#rng = rng
  }

  start(training: boolean): void {
    const streams = [this.#send('a'), this.#send('b'), this.#ask()]
    if (training) streams.push(this.#train())
    this.#running = Promise.all(streams)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** The version that last answered. */
  get answering(): number {
    return this.#answering
  }

  /** The service is ready, and answers with the version that was in service, or a later one. */
  async check(version: number): Promise<void> {
    const ready = await this.#call('GET', '/health/ready')
    if (ready?.ready !== true) throw new Error(`not ready: ${JSON.stringify(ready)}`)
    if (version === 0) return
    const answer = await this.#call('GET', '/v1/users/u1/recommendations')
    if (!(answer?.model?.version >= version) || answer?.items?.length === 0)
      throw new Error(`expected an answer of version ${version}, got ${JSON.stringify(answer)}`)
    this.#answering = answer.model.version
  }

  async #ask(): Promise<void> {
    while (!this.#stopped) {
      const answer = await this.#call('GET', '/v1/users/u1/recommendations')
      this.#answering = Math.max(this.#answering, answer?.model?.version ?? 0)
      await sleep(10)
    }
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
      const jobs = (await this.#call('GET', '/v1/jobs?limit=5'))?.items as { status: string }[] | undefined
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
