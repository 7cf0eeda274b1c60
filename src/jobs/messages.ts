/** What a runner and the process of a job say to each other. */
import type { JobRecord } from '../workspace/store/jobs.ts'

export interface ToWorker {
  readonly job: JobRecord
  readonly workspace: string
  readonly database: string
  /** The name of the model that is served. */
  readonly model: string
}

export type FromWorker =
  { readonly progress: unknown } | { readonly result: unknown } | { readonly error: string }
