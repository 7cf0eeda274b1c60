/**
 * What a service is at, told from outside and at once: from the processes it has started and from what is on disk. What a job says of itself
 * comes half a second late, when the phases of a small one are over.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ServeProcess } from './serve-process.ts'

/**
 * `ingestion`: events come in, and there is no job. `training`: a job that has not saved its version yet. `index building`: from there until
 * its index is whole. `promotion`: from there until the service answers with the version.
 */
export const phases = ['ingestion', 'training', 'index building', 'promotion'] as const
export type Phase = (typeof phases)[number]

export class JobPhases {
  readonly #served: ServeProcess
  readonly #model: string
  readonly #answering: () => number
  /** The last version that was there before the job. */
  #before: number

  /** @param answering the version that the service is known to answer with */
  constructor(served: ServeProcess, workspace: string, answering: () => number) {
    this.#served = served
    this.#model = join(workspace, 'models', 'service')
    this.#answering = answering
    this.#before = this.#last()
  }

  /** Where it is now. */
  now(): Phase {
    const last = this.#last()
    const indexed = existsSync(join(this.#model, 'indexes', nameOf(last)))
    const running = this.jobs().length > 0
    if (last > this.#before) {
      if (!indexed && running) return 'index building'
      if (indexed && this.#answering() < last) return 'promotion'
      // That job is over, by its end or by a kill: another begins.
      if (!running || indexed) this.#before = last
    }
    return running ? 'training' : 'ingestion'
  }

  /** The processes of jobs. */
  jobs(): number[] {
    const { pid } = this.#served.process
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number)
    } catch {
      // The service is gone.
      return []
    }
  }

  #last(): number {
    const folder = join(this.#model, 'versions')
    return existsSync(folder) ? Math.max(0, ...readdirSync(folder).map(Number)) : 0
  }
}

function nameOf(version: number): string {
  return String(version).padStart(6, '0')
}
