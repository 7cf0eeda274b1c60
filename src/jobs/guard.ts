/** Whether a new version is good enough to take the place of the one in service. */
import { type Interactions, interactionsFrom } from '../data/interactions.ts'
import type { Split } from '../data/split.ts'
import { evaluateRecommender } from '../evaluate/evaluate-recommender.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { restoreRecommender } from '../workspace/recommenders.ts'
import type { JobContext } from './context.ts'
import { trainOn } from './evaluate.ts'
import type { TrainJob } from './schemas.ts'

export interface Verdict {
  readonly passed: boolean
  readonly metric: string
  /** Null where there was nothing to evaluate on. */
  readonly candidate: number | null
  readonly inService: number | null
  readonly users: number
  /** What stood for the version in service. */
  readonly against: 'the version in service' | 'its settings, trained on the same events' | 'nothing'
}

/** Fewer users say too little about which is better. */
const ENOUGH = 50

/**
 * Compares `candidate`, trained on the training part, with the version in service on interactions of the test part that neither was
 * trained on, over users and items that both know. Where there are too few of those, because the version in service has seen most of
 * the test part, its settings are trained on the training part instead. Without a test part nothing passes. Null when nothing is in
 * service.
 */
export async function judge(
  context: JobContext,
  candidate: FittedRecommender,
  split: Split,
  { metric, drop }: NonNullable<TrainJob['guard']>,
): Promise<Verdict | null> {
  const version = await context.workspace.currentVersion(context.model)
  if (version === undefined) return null
  if (!split.test) {
    return { passed: false, metric, candidate: null, inService: null, users: 0, against: 'nothing' }
  }
  const loaded = await context.workspace.loadModel(context.model, version)
  using current = restoreRecommender(loaded)
  const verdict = (a: number, b: number, users: number, against: Verdict['against']): Verdict => ({
    passed: a >= b * (1 - drop),
    metric,
    candidate: a,
    inService: b,
    users,
    against,
  })
  const shared = sharedTest(split.test, candidate, current)
  if (shared.users >= ENOUGH) {
    const first = await figure(context, candidate, shared.test, current, metric)
    const second = await figure(context, current, shared.test, candidate, metric)
    return verdict(first, second, shared.users, 'the version in service')
  }
  const { method, config, seed } = loaded
  using again = await trainOn(context, split, { method, config, seed })
  const options = { signal: context.signal, k: [20] }
  const first = await evaluateRecommender(candidate, split.test, options)
  const second = await evaluateRecommender(again, split.test, options)
  return verdict(
    first.means[metric],
    second.means[metric],
    first.users.length,
    'its settings, trained on the same events',
  )
}

interface Pair {
  readonly user: string
  readonly item: string
}

/** Test pairs of users and items that both models know and neither was trained on. */
function sharedTest(
  test: Interactions,
  a: FittedRecommender,
  b: FittedRecommender,
): { readonly test: readonly Pair[]; readonly users: number } {
  const pairs: Pair[] = []
  const users = new Set<string>()
  for (let u = 0; u < test.matrix.rows; u++) {
    const user = test.users.id(u)
    if (!knows(a, user) || !knows(b, user)) continue
    for (const i of test.matrix.row(u)) {
      const item = test.items.id(i)
      if ([a, b].some((model) => !isNew(model, user, item))) continue
      pairs.push({ user, item })
      users.add(user)
    }
  }
  return { test: pairs, users: users.size }
}

function knows({ interactions: { users, matrix } }: FittedRecommender, user: string): boolean {
  const row = users.row(user)
  return row >= 0 && matrix.degree(row) > 0
}

/** Whether the model knows the item and was not trained on the pair. */
function isNew({ interactions }: FittedRecommender, user: string, item: string): boolean {
  const column = interactions.items.row(item)
  return column >= 0 && !interactions.matrix.row(interactions.users.row(user)).includes(column)
}

/** A model's figure on pairs; what the other was trained on is not to be recommended by either. */
async function figure(
  { signal, onProgress }: JobContext,
  model: FittedRecommender,
  test: readonly Pair[],
  other: FittedRecommender,
  metric: string,
): Promise<number> {
  const { users, items } = model.interactions
  const vocabularies = { users, items }
  const excluded: Pair[] = []
  for (const user of new Set(test.map((pair) => pair.user))) {
    for (const i of other.interactions.matrix.row(other.interactions.users.row(user))) {
      const item = other.interactions.items.id(i)
      if (items.row(item) >= 0) excluded.push({ user, item })
    }
  }
  const { means } = await evaluateRecommender(model, interactionsFrom(test, { vocabularies }), {
    signal,
    onProgress,
    k: [20],
    exclude: interactionsFrom(excluded, { vocabularies }),
  })
  return means[metric]
}
