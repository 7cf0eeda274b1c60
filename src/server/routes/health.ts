/** Whether the service lives and is ready, its metrics, and its OpenAPI document. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { z } from 'zod'
import { RECALL } from '../../retrieval/neighbours/calibration.ts'
import { indexesFor } from '../../retrieval/neighbours/indexes.ts'
import type { App } from '../app.ts'
import * as schemas from '../schemas.ts'
import type { Live } from '../service.ts'

export function healthRoutes({ app, service, metrics, runner, storage }: App): void {
  const config = { role: 'none', rateLimit: false } as const

  app.route({
    method: 'GET',
    url: '/health/live',
    config,
    schema: {
      summary: 'Whether the process answers',
      tags: ['health'],
      response: { 200: z.object({ live: z.literal(true) }) },
    },
    handler: async () => ({ live: true as const }),
  })

  app.route({
    method: 'GET',
    url: '/health/ready',
    config,
    schema: {
      summary: 'Whether requests should be sent here, and what is wrong where not',
      tags: ['health'],
      response: { 200: schemas.ready, 503: schemas.ready },
    },
    async handler(_request, reply) {
      const store = await service.store.ready()
      const writable = await canWrite(service.workspace.directory)
      const { live, problem } = service
      const checks = {
        stopping: { ok: !runner.stopping, detail: runner.stopping ? 'the service is being stopped' : 'no' },
        store: {
          ok: store,
          detail: store ? `${service.store.kind} answers` : `${service.store.kind} does not answer`,
        },
        storing: await storage.check(service.workspace.directory),
        workspace: {
          ok: writable,
          detail: writable ? 'can be written' : 'cannot be written: nothing can be trained',
        },
        model: {
          ok: problem === null || live !== null,
          detail: live
            ? `version ${live.version} answers`
            : 'there is none yet, what is popular answers: train one',
        },
        index: indexCheck(live),
        newest: { ok: problem === null, detail: problem ?? 'nothing newer waits' },
      }
      // Where nothing can be stored or trained, what there is still answers.
      const ready = checks.stopping.ok && checks.store.ok && checks.model.ok
      return reply.code(ready ? 200 : 503).send({ ready, checks })
    },
  })

  app.route({
    method: 'GET',
    url: '/metrics',
    config: { role: 'read', rateLimit: false },
    schema: { summary: 'Metrics for Prometheus', tags: ['health'], produces: ['text/plain'] },
    async handler(_request, reply) {
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
    },
  })

  app.route({
    method: 'GET',
    url: '/openapi.json',
    config: { role: 'none' },
    schema: { hide: true },
    handler: async () => app.swagger(),
  })
}

/** Without an index a large model answers all the same, slowly: that is told, and no reason to send requests elsewhere. */
function indexCheck(live: Live | null): { ok: boolean; detail: string } {
  if (!live) return { ok: true, detail: 'there is no model yet' }
  const { indexes, model } = live
  if (indexes?.problem) return { ok: false, detail: `every answer is exact: ${indexes.problem}` }
  if (!indexes) {
    const lacking = indexesFor(model)
    return lacking.length === 0
      ? { ok: true, detail: 'every answer is exact' }
      : {
          ok: false,
          detail: `every answer is exact, and slow: build an index of ${lacking.join(', ')} (POST /v1/jobs with {"kind": "index"})`,
        }
  }
  const poor = indexes.facts.filter(({ recall }) => recall < RECALL)
  return {
    ok: poor.length === 0,
    detail: indexes.facts
      .map(
        ({ name, recall }) =>
          `${name} finds ${recall.toFixed(3)}${recall < RECALL ? ', too little to be used' : ''}`,
      )
      .join('; '),
  }
}

async function canWrite(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK)
    return true
  } catch (error) {
    // What is not there yet is made when it is needed.
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
