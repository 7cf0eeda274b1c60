/** Opens everything that serving takes, and closes it in order. */
import { fail } from '../errors.ts'
import { JobRunner } from '../jobs/runner.ts'
import { storePath } from '../workspace/store/database.ts'
import { openStore } from '../workspace/store/store.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { buildApp, type Typed } from './app.ts'
import { makeMetrics } from './metrics.ts'
import { Service } from './service.ts'
import { whenItOpens } from './waiting.ts'

export interface ServeOptions {
  readonly workspace: string
  /** A `postgres://` URL; by default SQLite in the workspace. */
  readonly database?: string | undefined
  /** The name of the model that is served and trained. */
  readonly model: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Lets everybody in who can reach it. */
  readonly noKeys?: boolean | undefined
  readonly origins?: readonly string[] | undefined
  readonly rate?: number | undefined
  readonly logLevel?: string | undefined
  /** Ends the waiting for a store that does not answer. */
  readonly signal?: AbortSignal | undefined
  /** Told why it waits, and where it answers that it is not ready. */
  readonly onWait?: ((reason: string, address: string) => void) | undefined
}

export interface Served {
  readonly app: Typed
  readonly service: Service
  readonly address: string
  /** Whether everybody who reaches it is let in, and why. */
  readonly access: string
  /** Stops taking requests, answers those that are there, ends the running job, and closes the store. */
  close(): Promise<void>
}

/**
 * Without keys, whoever is on this machine may do anything as long as the service listens on loopback only and nobody has made a key;
 * otherwise every call needs one.
 *
 * @throws CONFLICT when it would listen beyond loopback without a key there is or `noKeys`.
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const { host, model, noKeys = false } = options
  const workspace = await openWorkspace(options.workspace)
  const database = storePath(workspace.directory, options.database)
  const { opened: store, port } = await whenItOpens(() => openStore(database), options)
  try {
    const hasKeys = (await store.keys.list()).some((key) => key.revoked === null)
    const local = isLoopback(host)
    if (!local && !hasKeys && !noKeys) {
      throw fail('CONFLICT', {
        what: `listening on ${host}`,
        expected:
          'a key that clients can use (homophily keys create <name> --role admin), or --no-keys to let everybody in',
        got: 'no keys',
      })
    }
    const open = noKeys || (local && !hasKeys)
    const service = new Service(workspace, store, model)
    const metrics = makeMetrics(service, Date.now)
    const runner = new JobRunner({
      jobs: store.jobs,
      workspace: workspace.directory,
      database,
      model,
      onEnd(job) {
        metrics.jobs.observe({ kind: job.kind, status: job.status }, job.seconds)
        app.log.info(job, 'job ended')
        void service.look()
      },
      onError: (error) => app.log.error({ err: error }, 'looking for jobs failed'),
    })
    const app = await buildApp({
      service,
      runner,
      metrics,
      open,
      origins: options.origins ?? [],
      rate: options.rate ?? (local ? 0 : 6000),
      ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
    })
    await service.start()
    const address = await app.listen({ host, port })
    runner.start()
    return {
      app,
      service,
      address,
      access: open
        ? noKeys
          ? 'everybody who reaches it may do anything (--no-keys)'
          : 'everybody on this machine may do anything, until a key is made'
        : 'by key',
      async close() {
        await runner.stop()
        await app.close()
        await service.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
