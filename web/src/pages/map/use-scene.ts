/** The points of a version and their ids, as they come; a change of version moves the points that both have. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
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
  if (newPoints && scene?.points === newPoints) {
    if (newIds && !scene.ids) setScene({ ...scene, ids: newIds })
  } else if (newPoints && (newIds || !scene)) {
    // The first points are shown at once; those of another version when it is known which is which.
    const from =
      scene?.ids && newIds ? carried({ ids: scene.ids, points: scene.points }, newIds, newPoints) : null
    setScene({ points: newPoints, ids: newIds ?? null, from })
  }
  return {
    scene,
    /** Whether what is shown is what was asked for. */
    current: scene !== null && scene.points === newPoints,
    error: points.error ?? ids.error,
    retry: () => void Promise.all([points.refetch(), ids.refetch()]),
  }
}
