/** The job that draws the map of users or items. */
import { drawMap } from '../audience/map.ts'
import { run } from '../train/run.ts'
import { beginRunningMap, endRunningMap, mapToGoOnFrom, saveMap, saveRunningMap } from '../workspace/maps.ts'
import { eventsIn } from '../workspace/spaces.ts'
import type { JobContext } from './context.ts'
import { projectJob } from './schemas.ts'
import { resolveWithModel } from './spaces.ts'

/** Milliseconds between two looks that others may have at a map on its way. */
const SHOWN = 1000

/** Draws a space and saves that as a new version of its map, which goes on from the version in service where both are of one space. */
export async function projectSpace(context: JobContext): Promise<unknown> {
  const job = projectJob.parse({ kind: 'project', ...(context.config as object) })
  const { of, space: wanted, seed, initial, kind: _, ...config } = job
  const { workspace, store, signal, onProgress } = context
  const { space, model } = await resolveWithModel(context, wanted, of === 'users' ? 'user' : 'item')
  const upTo = model ? eventsIn(model.data) : await store.events.last()
  const ids = [...space.ids]
  const before = initial === 'previous' ? await mapToGoOnFrom(workspace, of, space.name) : null
  try {
    await beginRunningMap(workspace, of, ids)
    let [shown, epochs] = [-Infinity, 0]
    const { coordinates, neighbourhood } = await run(drawMap(space, config, seed, before), {
      signal,
      onProgress(progress) {
        onProgress(progress)
        epochs = progress.of
      },
      async onSnapshot({ epoch, arrays }) {
        if (performance.now() - shown < SHOWN) return
        await saveRunningMap(workspace, of, {
          coordinates: arrays['coordinates'],
          done: epoch,
          of: epochs,
        })
        shown = performance.now()
      },
    })
    const { name, version } = space
    const map = { of, space: { name, version }, upTo, config, seed, ids, coordinates, neighbourhood }
    const saved = await saveMap(workspace, map)
    return { map: saved.name, version: saved.version, points: ids.length, neighbourhood }
  } finally {
    await endRunningMap(workspace, of)
  }
}
