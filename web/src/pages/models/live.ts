/** A job as the service tells of it while it runs. */
import type { Job } from 'homophily/client'
import { useEffect, useState } from 'react'
import { isOpen } from '../../api/jobs.ts'
import { client, queries } from '../../api/queries.ts'

/** What was last heard of `job`; null before that, and when it is over already. */
export function useLive(job: Job | undefined): Job | null {
  const [heard, setHeard] = useState<Job | null>(null)
  const id = job && isOpen(job) ? job.id : undefined
  useEffect(() => {
    if (id === undefined) return undefined
    const abort = new AbortController()
    async function listen(id: string): Promise<void> {
      for await (const state of client().watchJob(id, { signal: abort.signal })) setHeard(state)
      // It is over: versions and lists have changed.
      await queries.invalidateQueries()
    }
    // Where the connection breaks, the list of jobs goes on telling.
    listen(id).catch((error: unknown) => {
      if (!abort.signal.aborted) console.warn('the progress of a job broke off', error)
    })
    return () => abort.abort()
  }, [id])
  return heard && heard.id === job?.id ? heard : null
}
