/** What a job works with. */
import type { Progress } from '../train/run.ts'
import type { Store } from '../workspace/store/store.ts'
import type { Workspace } from '../workspace/workspace.ts'

export interface JobContext {
  readonly store: Store
  readonly workspace: Workspace
  /** The name of the model that is served. */
  readonly model: string
  readonly config: unknown
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}
