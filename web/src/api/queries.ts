/** The client of the service, and what is remembered of its answers. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Client, ServiceError } from 'homophily/client'
import { askForKey, currentKey } from './key.ts'

/** A client with the key of this tab. */
export function client(): Client {
  const key = currentKey()
  return new Client({ url: location.origin, ...(key === null ? {} : { key }) })
}

function onError(error: unknown): void {
  if (error instanceof ServiceError && error.status === 401) askForKey()
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 2000,
      // What the service answered will not change by asking again; a service that restarts will come back.
      retry: (failures, error) => !(error instanceof ServiceError) && failures < 2,
      retryDelay: 500,
    },
  },
})
