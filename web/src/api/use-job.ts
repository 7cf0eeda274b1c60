/** Asks for a job and follows it to its end. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Job, JobInput } from 'homophily/client'
import { useEffect, useState } from 'react'
import { isOpen } from './jobs.ts'
import { client } from './queries.ts'

export interface FollowedJob {
  readonly start: (body: JobInput) => void
  readonly cancel: () => void
  /** The job that was asked for here; it stays when it has ended. */
  readonly job: Job | null
  /** Asking, waiting or running. */
  readonly busy: boolean
  /** Why it could not be asked for or looked at. */
  readonly error: unknown
}

/** @param stale the queries whose answers are others when the job begins or ends; the same list each time */
export function useJob(stale: readonly (readonly unknown[])[]): FollowedJob {
  const queries = useQueryClient()
  const [id, setId] = useState<string | null>(null)
  const asked = useMutation({
    mutationFn: (body: JobInput) => client().createJob(body),
    onSuccess: (job) => setId(job.id),
  })
  const followed = useQuery({
    queryKey: ['job', id],
    queryFn: () => client().job(id!),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && !isOpen(state.data) ? false : 500),
  })
  const cancelled = useMutation({
    mutationFn: () => client().cancelJob(id!),
    onSuccess: () => followed.refetch(),
  })
  const job = id === null ? null : (followed.data ?? asked.data ?? null)
  const status = job?.status
  useEffect(() => {
    if (status) for (const queryKey of stale) void queries.invalidateQueries({ queryKey })
  }, [status, queries, stale])
  return {
    start: (body) => asked.mutate(body),
    cancel: () => cancelled.mutate(),
    job,
    busy: asked.isPending || (job !== null && isOpen(job)),
    error: asked.error ?? followed.error ?? cancelled.error,
  }
}
