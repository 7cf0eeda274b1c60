/**
 * Takes jobs from the store and runs each in a process of its own, so that answers never wait for a training. A job whose process ends
 * is over; one whose server ends is found by the next.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { hostname, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Cron } from 'croner'
import { storageFault } from '../workspace/store/faults.ts'
import type { JobRecord, Jobs } from '../workspace/store/jobs.ts'
import type { FromWorker, ToWorker } from './messages.ts'

export interface RunnerOptions {
  readonly jobs: Jobs
  /** Where workers find the workspace and the store. */
  readonly workspace: string
  readonly database: string
  readonly model: string
  readonly now?: () => number
  /** Told of each job that ended, with how long it took. */
  readonly onEnd?: (job: { kind: string; status: string; seconds: number }) => void
  readonly onError?: (error: unknown) => void
}

/** Milliseconds between two looks for work, and between two signs of life. */
const LOOK = 1000
/** A job whose process gave no sign for this long is over. */
const SILENCE = 30_000

export class JobRunner {
  readonly #options: RunnerOptions
  readonly #owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  #timer: NodeJS.Timeout | null = null
  #child: ChildProcess | null = null
  #running: Promise<void> | null = null
  #looking: Promise<void> | null = null
  #stopping = false

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  get stopping(): boolean {
    return this.#stopping
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK)
    this.#timer.unref()
    this.wake()
  }

  /** Looks for work now. */
  wake(): void {
    if (this.#stopping) return
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#options.onError?.(error))
      .finally(() => {
        this.#looking = null
      })
  }

  /** Stops looking, and ends what runs: such a job has failed, and says why. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#timer) clearInterval(this.#timer)
    await this.#looking
    this.#child?.kill('SIGTERM')
    await this.#running
  }

  async #look(): Promise<void> {
    const { jobs } = this.#options
    await jobs.failAbandoned(SILENCE)
    await this.#makeDueJobs()
    if (this.#running) return
    const job = await jobs.take(this.#owner)
    if (job) {
      this.#running = this.#run(job)
        .catch((error: unknown) => this.#options.onError?.(error))
        .finally(() => {
          this.#running = null
          this.#child = null
          this.wake()
        })
    }
  }

  async #makeDueJobs(): Promise<void> {
    const { jobs, now = Date.now } = this.#options
    for (const { id, cron, kind, config, last } of await jobs.schedules()) {
      const due = new Cron(cron, { timezone: 'UTC', paused: true }).nextRun(new Date(last ?? now()))
      if (!due || due.getTime() > now()) continue
      // Times that passed while nobody ran are made up for once.
      await jobs.createDue({ id, kind, config, last }, now())
    }
  }

  async #run(job: JobRecord): Promise<void> {
    const { workspace, database, model, now = Date.now, onEnd } = this.#options
    const started = now()
    const outcome = await this.#inProcess(job, { workspace, database, model, job })
    const ended = await this.#finish(job, outcome)
    const status = ended ? ('error' in outcome ? 'failed' : 'done') : 'cancelled'
    onEnd?.({ kind: job.kind, status, seconds: (now() - started) / 1000 })
  }

  /** A store that does not answer just now is asked again: the work is done, and its result must not be lost. */
  async #finish(job: JobRecord, outcome: { result: unknown } | { error: string }): Promise<boolean> {
    for (;;) {
      try {
        return await this.#options.jobs.finish(job.id, this.#owner, outcome)
      } catch (error) {
        if (this.#stopping || !storageFault(error)) throw error
        this.#options.onError?.(error)
        await new Promise((resolve) => setTimeout(resolve, LOOK))
      }
    }
  }

  #inProcess(job: JobRecord, task: ToWorker): Promise<{ result: unknown } | { error: string }> {
    const { jobs } = this.#options
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.#child = child
    // Answers come first.
    if (child.pid !== undefined) setPriority(child.pid, 10)
    let progress: unknown = { phase: 'start', done: 0, of: 1, unit: 'steps' }
    let said = ''
    child.stderr?.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2000)))
    const beat = setInterval(() => {
      void jobs.report(job.id, this.#owner, progress).then(
        (own) => own || child.kill('SIGTERM'),
        () => {},
      )
    }, LOOK / 2)
    return new Promise((resolve) => {
      let outcome: { result: unknown } | { error: string } | null = null
      child.on('message', (message: FromWorker) => {
        if ('progress' in message) progress = message.progress
        else outcome = message
      })
      child.on('error', (error) => (outcome ??= { error: error.message }))
      child.on('close', (code, signal) => {
        clearInterval(beat)
        const why = this.#stopping
          ? 'the service was stopped'
          : `its process ended with ${signal ?? `code ${code}`}${said === '' ? '' : `: ${said.trim()}`}`
        resolve(outcome ?? { error: why })
      })
      child.send(task)
    })
  }
}
