import { useQuery } from '@tanstack/react-query'
import { ServiceError } from 'homophily/client'
import { analyst } from '../../api/analyst.ts'

/** A user or an item with its attributes; null for one that is known by its events alone. */
export function useEntity(of: 'users' | 'items', id: string) {
  return useQuery({
    queryKey: ['entity', of, id],
    queryFn: async () => {
      try {
        return await analyst.entity(of, id)
      } catch (error) {
        if (error instanceof ServiceError && error.status === 404) return null
        throw error
      }
    },
    staleTime: 60_000,
  })
}
