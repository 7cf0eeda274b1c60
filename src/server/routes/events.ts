/** Events in: one, many, or a stream of lines. */
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Event } from '../../workspace/store/events.ts'
import { fail } from '../../errors.ts'
import type { App } from '../app.ts'
import { eventInput, eventsBody, stored, streamReport } from '../schemas.ts'

type Parsed = z.output<typeof eventInput>

/** Lines that are stored at a time. */
const CHUNK = 1000
/** Longer lines are no events. */
const LONGEST = 65_536
/** Problems that are told one by one. */
const TOLD = 100

export function eventRoutes({ app, service, now }: App): void {
  const { events } = service.store

  app.route({
    method: 'POST',
    url: '/v1/events',
    config: { role: 'write' },
    schema: {
      summary: 'Store one event or many',
      description: 'Durable when it answers. All events of a call are stored, or none.',
      tags: ['events'],
      body: eventsBody,
      response: { 200: stored },
    },
    async handler({ body }) {
      const list = (Array.isArray(body) ? body : [body]).map((event) => eventOf(event, now()))
      const result = await events.append(list)
      void service.look()
      return { stored: result.stored, duplicates: list.length - result.stored }
    },
  })

  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload))
  app.route({
    method: 'POST',
    url: '/v1/events/stream',
    config: { role: 'write' },
    schema: {
      summary: 'Store a stream of events, one JSON object a line',
      description: 'Lines that are no event are reported; the others are stored, 1,000 at a time.',
      tags: ['events'],
      consumes: ['application/x-ndjson'],
      response: { 200: streamReport },
    },
    async handler(request) {
      const { body } = request
      if (typeof (body as Partial<Readable> | null)?.pipe !== 'function') {
        throw fail('ARGUMENT', {
          what: 'body',
          expected: 'application/x-ndjson',
          got: 'another content type',
        })
      }
      const report = {
        stored: 0,
        duplicates: 0,
        rejected: 0,
        problems: [] as { line: number; detail: string }[],
      }
      let chunk: Event[] = []
      const flush = async (): Promise<void> => {
        const result = await events.append(chunk)
        report.stored += result.stored
        report.duplicates += chunk.length - result.stored
        chunk = []
      }
      let line = 0
      for await (const text of createInterface({ input: body as Readable, crlfDelay: Infinity })) {
        line++
        if (text.trim() === '') continue
        const parsed = parseLine(text)
        if (typeof parsed === 'string') {
          report.rejected++
          if (report.problems.length < TOLD) report.problems.push({ line, detail: parsed })
          continue
        }
        chunk.push(eventOf(parsed, now()))
        if (chunk.length === CHUNK) await flush()
      }
      await flush()
      void service.look()
      return report
    },
  })
}

/** The event of a line, or what is wrong with it. */
function parseLine(text: string): Parsed | string {
  if (text.length > LONGEST) return `longer than ${LONGEST} characters`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `not JSON: ${(error as Error).message}`
  }
  const parsed = eventInput.safeParse(value)
  return parsed.success
    ? parsed.data
    : parsed.error.issues.map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`).join('; ')
}

function eventOf({ id = randomUUID(), time, recommendation, ...rest }: Parsed, now: number): Event {
  return {
    ...rest,
    id,
    recommendation: recommendation ?? null,
    time: time === undefined ? now : typeof time === 'number' ? time : Date.parse(time),
  }
}
