/**
 * Waiting for a store that does not answer, or that may only be read: whoever supervises the process sees it live and not ready, and why,
 * rather than a process that ends again and again.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fail, HomophilyError } from '../errors.ts'
import { storageFault } from '../workspace/store/faults.ts'

export interface Waiting {
  readonly host: string
  readonly port: number
  readonly signal?: AbortSignal | undefined
  /** Told of every reason anew. */
  readonly onWait?: ((reason: string, address: string) => void) | undefined
}

/** Milliseconds between two attempts. */
const AGAIN = 2000

/**
 * What `open` answers once it can, and the port that was told meanwhile. @throws what is no fault of storage at once, and CANCELLED when
 * the signal fires.
 */
export async function whenItOpens<T>(
  open: () => Promise<T>,
  { host, port, signal, onWait }: Waiting,
): Promise<{ readonly opened: T; readonly port: number }> {
  let reason = ''
  let server: ReturnType<typeof createServer> | null = null
  const told = (): number => (server?.address() as AddressInfo | null)?.port ?? port
  try {
    for (;;) {
      try {
        return { opened: await open(), port: told() }
      } catch (error) {
        if (!storageFault(error)) throw error
        const now = error instanceof HomophilyError ? error.message : String(error)
        server ??= await listen(host, port, () => reason)
        if (now !== reason) onWait?.(now, `http://${host}:${told()}`)
        reason = now
      }
      await pause(signal)
    }
  } finally {
    const closing = server
    if (closing) {
      closing.closeAllConnections()
      await new Promise((resolve) => closing.close(resolve))
    }
  }
}

function pause(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(fail('CANCELLED', { what: 'waiting for the store' }))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, AGAIN)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

async function listen(
  host: string,
  port: number,
  reason: () => string,
): Promise<ReturnType<typeof createServer>> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (path === '/health/live') return answer(response, 200, 'application/json', { live: true })
    const detail = `the store cannot be opened: ${reason()}`
    if (path === '/health/ready') {
      const checks = { store: { ok: false, detail } }
      return answer(response, 503, 'application/json', { ready: false, checks })
    }
    const value = { type: 'about:blank', title: 'Not available', status: 503, detail, code: 'STORAGE' }
    answer(response, 503, 'application/problem+json', value)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}

function answer(response: ServerResponse, status: number, type: string, value: unknown): void {
  response.writeHead(status, { 'content-type': type, 'retry-after': '5', connection: 'close' })
  response.end(JSON.stringify(value))
}
