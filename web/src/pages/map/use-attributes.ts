/** The attributes that points may be coloured by: those of the first few hundred users or items. */
import { useQuery } from '@tanstack/react-query'
import { client } from '../../api/queries.ts'

const LOOKED_AT = 300

export function useAttributes(of: 'users' | 'items'): readonly string[] {
  const some = useQuery({
    queryKey: ['attributes', of],
    queryFn: async () => {
      const { items } = await client().entities(of, { limit: LOOKED_AT })
      return [...new Set(items.flatMap(({ attributes }) => Object.keys(attributes)))].sort()
    },
    staleTime: 60_000,
  })
  return some.data ?? []
}
