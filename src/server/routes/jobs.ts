/** Jobs, schedules, and the versions of the model. */
import { Cron } from 'croner'
import { z } from 'zod'
import { fail } from '../../errors.ts'
import { jobBody } from '../../jobs/schemas.ts'
import type { App } from '../app.ts'
import { decodeCursor, encodeCursor } from '../cursors.ts'
import { absent } from '../problems.ts'
import * as schemas from '../schemas.ts'

const params = z.object({ id: schemas.id })
type Place = { created: number; id: string }
const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Place).created === 'number' &&
  typeof (value as Place).id === 'string'

export function jobRoutes({ app, service, runner }: App): void {
  const { jobs } = service.store
  const tags = ['jobs']

  app.route({
    method: 'POST',
    url: '/v1/jobs',
    config: { role: 'admin' },
    schema: {
      summary: 'Train a new version, or evaluate a method on the events',
      tags,
      body: jobBody,
      response: { 202: schemas.job },
    },
    async handler({ body }, reply) {
      const { kind, ...config } = body
      const job = await jobs.create(kind, config)
      runner.wake()
      return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(job)
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/jobs',
    config: { role: 'read' },
    schema: {
      summary: 'The jobs, the newest first',
      tags,
      querystring: schemas.pageQuery,
      response: { 200: schemas.jobPage },
    },
    async handler({ query: { limit, cursor } }) {
      const before = cursor === undefined ? null : decodeCursor(cursor, isPlace)
      const found = await jobs.page(before, limit + 1)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      const next = found.length > limit && last ? encodeCursor({ created: last.created, id: last.id }) : null
      return { items, next }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/jobs/:id',
    config: { role: 'read' },
    schema: { summary: 'One job', tags, params, response: { 200: schemas.job } },
    async handler({ params: { id } }) {
      const job = await jobs.get(id)
      if (!job) throw absent('job', id)
      return job
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/jobs/:id/progress',
    config: { role: 'read' },
    schema: {
      summary: 'The progress of a job as server-sent events, until it ends',
      tags,
      params,
      produces: ['text/event-stream'],
    },
    async handler({ params: { id } }, reply) {
      const job = await jobs.get(id)
      if (!job) throw absent('job', id)
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      let last = ''
      try {
        for (let open = true; open && !raw.destroyed;) {
          const state = await jobs.get(id)
          if (!state) break
          const text = JSON.stringify(state)
          if (text !== last) raw.write(`event: job\ndata: ${text}\n\n`)
          last = text
          open = (state.status === 'waiting' || state.status === 'running') && !runner.stopping
          if (open) await new Promise((resolve) => setTimeout(resolve, 250))
        }
      } catch (error) {
        // What was sent cannot be taken back: whoever listens sees the stream end, and asks again.
        app.log.error({ err: error }, 'progress could not be read')
      } finally {
        raw.end()
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/v1/jobs/:id/cancel',
    config: { role: 'admin' },
    schema: { summary: 'Cancel a job', tags, params, response: { 200: schemas.job } },
    async handler({ params: { id } }) {
      const cancelled = await jobs.cancel(id)
      runner.wake()
      const job = await jobs.get(id)
      if (!job) throw absent('job', id)
      if (!cancelled) {
        throw fail('CONFLICT', {
          what: `job ${id}`,
          expected: 'one that waits or runs',
          got: `one that is ${job.status}`,
        })
      }
      return job
    },
  })
}

export function scheduleRoutes({ app, service }: App): void {
  const { jobs } = service.store
  const tags = ['jobs']

  app.route({
    method: 'GET',
    url: '/v1/schedules',
    config: { role: 'read' },
    schema: {
      summary: 'What is done again and again',
      tags,
      response: { 200: z.object({ items: z.array(schemas.schedule) }) },
    },
    async handler() {
      const items = (await jobs.schedules()).map(({ id, cron, kind, config }) => ({
        id,
        cron,
        job: { kind, ...(config as object) },
        next: nextOf(cron),
      }))
      return { items }
    },
  })

  app.route({
    method: 'PUT',
    url: '/v1/schedules/:id',
    config: { role: 'admin' },
    schema: {
      summary: 'Do a job at the times that a cron expression says (UTC)',
      tags,
      params,
      body: schemas.scheduleBody,
      response: { 200: schemas.schedule },
    },
    async handler({ params: { id }, body }) {
      const next = nextOf(body.cron)
      const { kind, ...config } = body.job
      await jobs.putSchedule({ id, cron: body.cron, kind, config })
      return { id, cron: body.cron, job: body.job, next }
    },
  })

  app.route({
    method: 'DELETE',
    url: '/v1/schedules/:id',
    config: { role: 'admin' },
    schema: { summary: 'Stop a schedule', tags, params, response: { 200: z.object({ id: z.string() }) } },
    async handler({ params: { id } }) {
      if (!(await jobs.removeSchedule(id))) throw absent('schedule', id)
      return { id }
    },
  })
}

function nextOf(cron: string): number | null {
  try {
    return new Cron(cron, { timezone: 'UTC', paused: true }).nextRun()?.getTime() ?? null
  } catch (error) {
    throw fail('ARGUMENT', {
      what: 'cron',
      expected: 'an expression like "0 3 * * *"',
      got: `${cron} (${(error as Error).message})`,
    })
  }
}
