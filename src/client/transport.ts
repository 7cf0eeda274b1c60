/** How the client asks the service, and what it makes of answers that are no success. */
import type { ClientOptions, Problem } from './types.ts'

/** What the service said where it did not do what was asked: `status`, `code`, and a message for people. */
export class ServiceError extends Error {
  readonly status: number
  readonly code: string
  readonly problem: Problem | null

  constructor(status: number, problem: Problem | null, text: string) {
    super(problem?.detail ?? `the service answered ${status}: ${text.slice(0, 200)}`)
    this.name = 'ServiceError'
    this.status = status
    this.code = problem?.code ?? 'UNKNOWN'
    this.problem = problem
  }
}

export class Transport {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  async call<T>(method: string, path: string, query: Query, body?: unknown): Promise<T> {
    // Files may be long.
    const timeout = body instanceof Blob ? 3_600_000 : (this.#options.timeout ?? 30_000)
    const response = await this.send(method, path, query, { body, signal: AbortSignal.timeout(timeout) })
    const text = await response.text()
    return (isJson(response) ? JSON.parse(text) : null) as T
  }

  /** @throws ServiceError where the answer is no success. */
  async send(
    method: string,
    path: string,
    query: Query,
    { body, signal }: { readonly body?: unknown; readonly signal?: AbortSignal } = {},
  ): Promise<Response> {
    const { url, key, fetch: send = fetch } = this.#options
    const target = new URL(path, url)
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value].flat()) target.searchParams.append(name, String(one))
    }
    const response = await send(target, {
      method,
      ...(signal === undefined ? {} : { signal }),
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': body instanceof Blob ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    })
    if (response.ok) return response
    const text = await response.text()
    const problem = isJson(response) ? (JSON.parse(text) as Problem) : null
    throw new ServiceError(response.status, problem, text)
  }
}

type Query = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** Lists repeat their name; boosts and objects are JSON. */
export function queryOf(ways: object): Query {
  const entries = Object.entries(ways).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      name === 'boosts' || (typeof value === 'object' && !Array.isArray(value))
        ? JSON.stringify(value)
        : (value as string | number | boolean),
    ]),
  )
}

function isJson({ headers }: Response): boolean {
  return headers.get('content-type')?.includes('json') ?? false
}
