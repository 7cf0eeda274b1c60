/** The process of one job. It ends when the job does, when it is told to, and when its server is gone. */
import { HomophilyError } from '../errors.ts'
import { openStore } from '../workspace/store/store.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { Curves } from './curves.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { kinds } from './kinds.ts'

const abort = new AbortController()
process.on('SIGTERM', () => abort.abort())
process.on('disconnect', () => process.exit(1))
process.once('message', (task: ToWorker) => void work(task))

async function work({ job, workspace, database, model }: ToWorker): Promise<void> {
  let reported = 0
  const curves = new Curves()
  const say = (message: FromWorker): Promise<void> =>
    new Promise((resolve) => process.send!(message, () => resolve()))
  try {
    const store = await openStore(database)
    try {
      const run = kinds[job.kind]
      if (!run) throw new Error(`this release knows no job of the kind ${job.kind}`)
      const result = await run({
        store,
        workspace: await openWorkspace(workspace),
        model,
        config: job.config,
        signal: abort.signal,
        onProgress(progress) {
          curves.add(progress)
          if (performance.now() - reported < 200) return
          reported = performance.now()
          const { phase, done, of, unit, loss } = progress
          void say({
            progress: {
              phase,
              done,
              of,
              unit,
              ...(loss === undefined ? {} : { loss }),
              curves: curves.get(),
            },
          })
        },
      })
      await say({ result: { ...(result as object), curves: curves.get() } })
    } finally {
      await store.close()
    }
  } catch (error) {
    const text = error instanceof HomophilyError ? error.message : (error as Error).stack
    await say({ error: text ?? String(error) })
  }
  process.disconnect()
  process.exit()
}
