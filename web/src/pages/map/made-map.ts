import type { Client } from 'homophily/client'

/** A map as the list of them has it. */
export type MadeMap = Awaited<ReturnType<Client['maps']>>['items'][number]
