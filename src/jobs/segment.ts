/** The job that groups users into segments. */
import type { Interactions } from '../data/interactions.ts'
import { HomophilyError } from '../errors.ts'
import { familyOf } from '../workspace/families.ts'
import { interactionsIn } from '../workspace/recommenders.ts'
import type { LoadedModel } from '../workspace/workspace.ts'
import { attributeTable } from './attributes.ts'
import type { JobContext } from './context.ts'
import { segmentJob } from './schemas.ts'
import { buildSegmentation, type BuiltSegmentation } from './segmentation.ts'
import { snapshot } from './snapshot.ts'
import { comparesDirections, resolveWithModel } from './spaces.ts'

export async function segmentStore(context: JobContext): Promise<BuiltSegmentation> {
  const {
    segmentation,
    space: wanted,
    stabilityRuns,
    stabilityOver,
    ...options
  } = segmentJob.parse({
    kind: 'segment',
    ...(context.config as object),
  })
  const { workspace, store, signal, onProgress } = context
  const upTo = await store.events.last()
  const { space, model } = await resolveWithModel(context, wanted, 'user')
  const input = {
    space,
    unit: comparesDirections(model),
    users: await attributeTable(context, 'user'),
    items: await attributeTable(context, 'item'),
    interactions: await interactionsFor(context, model),
    upTo,
  }
  return buildSegmentation(workspace, segmentation, input, {
    ...options,
    runs: stabilityRuns,
    over: stabilityOver,
    signal,
    onProgress,
  })
}

/** What a recommender was trained on; else all events of the store, or null where there are none. */
export async function interactionsFor(
  context: JobContext,
  model: LoadedModel | null,
): Promise<Interactions | null> {
  if (model && familyOf(model.metadata) === 'recommend') return interactionsIn(model)
  try {
    return (await snapshot(context)).interactions
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'EMPTY') return null
    throw error
  }
}
