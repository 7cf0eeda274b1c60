/** The attributes that points may be coloured by: all that are stored. */
import { useQuery } from '@tanstack/react-query'
import { client } from '../../api/queries.ts'

export function useAttributes(of: 'users' | 'items') {
  return useQuery({
    queryKey: ['attributes', of],
    queryFn: async () => (await client().attributes(of)).items.map(({ name }) => name),
    staleTime: 60_000,
  })
}
