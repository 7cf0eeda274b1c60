/** Stopping a service: what is being asked is answered, what is new is refused, and a second signal does not wait. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { openStore } from '../src/workspace/store/store.ts'
import { storePath } from '../src/workspace/store/database.ts'
import { killGroup, startServe } from './serve-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-signals-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const line = (id: string) => `${JSON.stringify({ id, user: 'u', item: 'i' })}\n`

/** A stream of events that is not at its end. */
function open(url: string): { sent: ClientRequest; reply: Promise<IncomingMessage> } {
  const headers = { 'content-type': 'application/x-ndjson' }
  const sent = request(new URL('/v1/events/stream', url), { method: 'POST', headers })
  const reply = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
  })
  return { sent, reply }
}

test(
  'a request that has begun is answered after SIGTERM; others are not taken any more',
  { timeout: 60_000 },
  async () => {
    const workspace = join(folder, 'drain')
    const served = await startServe(workspace)
    try {
      const { sent, reply } = open(served.url)
      sent.write(line('a'))
      await sleep(300)
      served.process.kill('SIGTERM')
      await sleep(500)
      const late = await fetch(`${served.url}/v1/models`).then(
        ({ status }) => status,
        () => 'refused',
      )
      expect(late).toBeOneOf(['refused', 503])
      sent.end(line('b'))
      const response = await reply
      let body = ''
      for await (const chunk of response) body += String(chunk)
      expect([response.statusCode, JSON.parse(body)]).toMatchObject([200, { stored: 2 }])
      expect(await served.ended).toBe(0)
      expect(served.said()).toContain('stopping; a second signal ends it at once')
    } finally {
      await killGroup(served)
    }
    const store = await openStore(storePath(workspace))
    expect(await store.events.count()).toBe(2)
    await store.close()
  },
)

test('a second signal ends it though a request hangs', { timeout: 60_000 }, async () => {
  const served = await startServe(join(folder, 'twice'))
  try {
    const { sent, reply } = open(served.url)
    reply.catch(() => {})
    sent.write(line('a'))
    await sleep(300)
    served.process.kill('SIGTERM')
    await sleep(500)
    const again = performance.now()
    served.process.kill('SIGTERM')
    await served.ended
    // Far from the ten seconds that a single signal would leave it.
    expect(performance.now() - again).toBeLessThan(5000)
    sent.destroy()
  } finally {
    await killGroup(served)
  }
})
