import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type Segments, ServiceError } from 'homophily/client'
import { client } from '../../api/queries.ts'

/** Which version, as a query: none is the one in service. */
const at = (version: number | undefined) => (version === undefined ? {} : { version })

/** The segments of a version, by default the one in service; null before there are any. */
export function useSegments(version?: number) {
  return useQuery({
    queryKey: ['segments', version ?? 'in service'],
    queryFn: async (): Promise<Segments | null> => {
      try {
        return await client().segments(at(version))
      } catch (error) {
        if (error instanceof ServiceError && error.status === 404 && version === undefined) return null
        throw error
      }
    },
    placeholderData: keepPreviousData,
  })
}

export function useSegment(id: string | null, version?: number) {
  return useQuery({
    queryKey: ['segments', version ?? 'in service', id],
    queryFn: () => client().segment(id!, at(version)),
    enabled: id !== null,
  })
}
