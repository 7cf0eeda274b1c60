import { useQuery } from '@tanstack/react-query'
import { isMissing } from '../../api/jobs.ts'
import { client } from '../../api/queries.ts'

/** A user or an item with its attributes; null for one that is known by its events alone. */
export function useEntity(of: 'users' | 'items', id: string) {
  return useQuery({
    queryKey: ['entity', of, id],
    queryFn: async () => {
      try {
        return await (of === 'users' ? client().user(id) : client().item(id))
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    staleTime: 60_000,
  })
}
