/** The points of a version and their ids, as they come; a change of version moves the points that both have. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { client } from '../../api/queries.ts'
import { carried, type Scene } from './scene.ts'

export function useScene(name: string, version: number) {
  const points = useQuery({
    queryKey: ['map', name, version, 'points'],
    queryFn: async () => (await client().mapPoints(name, { version })).coordinates,
    staleTime: Infinity,
  })
  const ids = useQuery({
    queryKey: ['map', name, version, 'ids'],
    queryFn: () => client().mapIds(name, { version }),
    staleTime: Infinity,
  })
  const [scene, setScene] = useState<Scene | null>(null)
  const { data: newPoints } = points
  const { data: newIds } = ids
  useEffect(() => {
    if (!newPoints) return
    setScene((last) => {
      if (last?.points === newPoints) return newIds && !last.ids ? { ...last, ids: newIds } : last
      // The first points are shown at once; those of another version when it is known which is which.
      if (last && !newIds) return last
      const from =
        last?.ids && newIds ? carried({ ids: last.ids, points: last.points }, newIds, newPoints) : null
      return { points: newPoints, ids: newIds ?? null, from }
    })
  }, [newPoints, newIds])
  return {
    scene,
    /** Whether what is shown is what was asked for. */
    current: scene !== null && scene.points === newPoints,
    error: points.error ?? ids.error,
    retry: () => void Promise.all([points.refetch(), ids.refetch()]),
  }
}
