/** Who may do what: API keys with roles. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKey, Keys } from '../workspace/store/keys.ts'
import type { Role } from '../workspace/store/tables.ts'
import { problem, sendProblem } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What who calls may do; null before that is known, and where nobody asks. */
    caller: Role | null
  }
  interface FastifyContextConfig {
    /** The least role that may call the route; `none` needs no key. */
    readonly role?: Role | 'none'
  }
}

const order: Readonly<Record<Role, number>> = { read: 0, write: 1, admin: 2 }
/** How long a key counts as it was when it was last looked up: a revoked one opens nothing after this. */
const REMEMBER = 5000

export interface AccessOptions {
  readonly keys: Keys
  /** Lets everybody in. For loopback, or where it was asked for. */
  readonly open: boolean
  readonly now: () => number
}

/** Asks for a key before every route: `Authorization: Bearer hp_…`. A route without a role needs admin. */
export function guard(app: FastifyInstance, { keys, open, now }: AccessOptions): void {
  const known = new Map<string, { readonly key: ApiKey | null; readonly until: number }>()

  async function find(secret: string): Promise<ApiKey | null> {
    const cached = known.get(secret)
    if (cached && cached.until > now()) return cached.key
    const key = await keys.find(secret)
    // Wrong keys come from outside: a bounded number of them is remembered.
    if (known.size >= 1000) known.clear()
    known.set(secret, { key, until: now() + REMEMBER })
    return key
  }

  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const needed = request.routeOptions.config.role ?? 'admin'
    if (open) request.caller = 'admin'
    if (needed === 'none' || open || request.is404) return
    const [scheme, secret] = (request.headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !secret) {
      reply.header('www-authenticate', 'Bearer')
      return sendProblem(
        reply,
        problem(401, 'NO_KEY', 'send a key as "Authorization: Bearer …"; `homophily keys create` makes one'),
      )
    }
    const key = await find(secret)
    if (!key) {
      reply.header('www-authenticate', 'Bearer error="invalid_token"')
      return sendProblem(reply, problem(401, 'BAD_KEY', 'this key opens nothing'))
    }
    if (order[key.role] < order[needed]) {
      return sendProblem(
        reply,
        problem(403, 'ROLE', `this needs a key with the role ${needed}; this one has ${key.role}`),
      )
    }
    request.caller = key.role
    return undefined
  })
}
