/**
 * How like the seeds everybody is, by three methods. Each scores all rows of a space at once for several sets of seeds: set k is
 * all seeds without those of fold k, so that its held-out seeds can be looked for; the last set is all of them.
 */
import type { Job } from '../../train/run.ts'
import { centroid } from './centroid.ts'
import { classifier } from './classifier.ts'
import { maxSimilarity } from './max-similarity.ts'
import type { Rows, SeedScores } from './rows.ts'
import type { Folds } from './seeds.ts'

type Method = (rows: Rows, folds: Folds) => Job<SeedScores>

export const lookalikeMethods = {
  centroid,
  'max-similarity': maxSimilarity,
  classifier,
} as const satisfies Readonly<Record<string, Method>>

export type LookalikeMethod = keyof typeof lookalikeMethods
