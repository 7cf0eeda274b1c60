/** The kinds of jobs there are. */
import { compareVersions } from './compare.ts'
import type { JobContext } from './context.ts'
import { evaluateMethod } from './evaluate.ts'
import { segmentStore } from './segment.ts'
import { indexVersion } from './index-version.ts'
import { projectSpace } from './project.ts'
import { trainVersion } from './train.ts'

export const kinds: Readonly<Record<string, (context: JobContext) => Promise<unknown>>> = {
  train: trainVersion,
  evaluate: evaluateMethod,
  segment: segmentStore,
  index: indexVersion,
  project: projectSpace,
  compare: compareVersions,
}
