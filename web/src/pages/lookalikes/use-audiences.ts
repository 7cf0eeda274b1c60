import { useQuery } from '@tanstack/react-query'
import { client } from '../../api/queries.ts'

export function useAudiences() {
  return useQuery({ queryKey: ['audiences'], queryFn: () => client().audiences({ limit: 1000 }) })
}
