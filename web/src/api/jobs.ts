/** Jobs as the pages show them: the service keeps progress and results as plain JSON. */
import { type Job, type Models, ServiceError } from 'homophily/client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { client, queries } from './queries.ts'

export interface Curve {
  readonly phase: string
  readonly unit: string
  readonly of: number
  readonly points: readonly (readonly [done: number, loss: number])[]
}

export interface Progress {
  readonly phase: string
  readonly done: number
  readonly of: number
  readonly unit: string
  readonly loss?: number
  readonly curves?: readonly Curve[]
}

export function isOpen({ status }: Job): boolean {
  return status === 'waiting' || status === 'running'
}

export function progressOf(job: Job): Progress | null {
  return job.progress as Progress | null
}

/** The curves of a job that runs, or of one that has ended. */
export function curvesOf(job: Job): readonly Curve[] {
  const result = job.result as { readonly curves?: readonly Curve[] } | null
  return result?.curves ?? progressOf(job)?.curves ?? []
}

/** The latest jobs, looked at again more often while one is open. */
export function useJobs(limit = 50) {
  return useQuery({
    queryKey: ['jobs', limit],
    queryFn: () => client().jobs({ limit }),
    refetchInterval: ({ state: { data } }) => (data?.items.some(isOpen) ? 1000 : 5000),
  })
}

export function useCancel() {
  return useMutation({
    mutationFn: (id: string) => client().cancelJob(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
}

export function useModels() {
  return useQuery({
    queryKey: ['models'],
    queryFn: () => client().models(),
    refetchInterval: 5000,
  })
}

export type Version = Models['versions'][number]

/** 95 % intervals of a version's figures, where it was trained by the service. */
export function intervalsOf(
  version: Version,
): Readonly<Record<string, { readonly low: number; readonly high: number } | undefined>> {
  const data = version.data as
    { readonly intervals?: Record<string, { low: number; high: number }> } | undefined
  return data?.intervals ?? {}
}

export function isMissing(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 404
}
