/** The OpenAPI document is one, and every route of it is asked with no key, a wrong key, and a key of each role. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobRunner } from '../jobs/runner.ts'
import { openStore, type Store } from '../workspace/store/store.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { buildApp, type Typed } from './app.ts'
import { makeMetrics } from './metrics.ts'
import { Service } from './service.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-roles-'))
const order = ['none', 'read', 'write', 'admin'] as const
type Role = (typeof order)[number]
let store: Store
let service: Service
let app: Typed
const secrets = new Map<Role | 'wrong', string>([['wrong', 'hp_wrong']])

beforeAll(async () => {
  store = await openStore(':memory:')
  service = new Service(await openWorkspace(folder), store, 'shop')
  for (const role of ['read', 'write', 'admin'] as const)
    secrets.set(role, (await store.keys.create(role, role)).secret)
  // Jobs are accepted and never run.
  const runner = { wake: () => {}, stopping: false } as unknown as JobRunner
  app = await buildApp({ service, runner, metrics: makeMetrics(service, Date.now), open: false })
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await service.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What everybody may ask for, what is a question though it is sent as POST, and what decides about the service itself. */
const everybody = new Set(['GET /health/live', 'GET /health/ready', 'GET /openapi.json'])
const questions = new Set(['POST /v1/sessions/recommendations', 'POST /v1/rank'])
const decisions = /^(POST|PUT|PATCH|DELETE) \/v1\/(jobs|schedules|models|keys)(\/|$)/

function needed(route: string): Role {
  if (everybody.has(route)) return 'none'
  if (decisions.test(route)) return 'admin'
  return route.startsWith('GET ') || questions.has(route) ? 'read' : 'write'
}

test('the OpenAPI document passes a validator', async () => {
  const { body } = await app.inject({ method: 'GET', url: '/openapi.json' })
  const document = JSON.parse(body) as Record<string, unknown>
  const validator = new Validator()
  expect(await validator.validate(document)).toMatchObject({ valid: true })
  expect(validator.version).toBe('3.1')
  // Every reference leads somewhere.
  const references = [...body.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name)
  const { schemas } = document['components'] as { schemas: object }
  expect(Object.keys(schemas)).toEqual(expect.arrayContaining(references))
  // And it can fail.
  expect(await validator.validate({ ...document, paths: { 'no-slash': {} } })).toMatchObject({ valid: false })
})

test('each role may do what it should, and no more', { timeout: 120_000 }, async () => {
  const { paths = {} } = app.swagger() as { paths?: Record<string, object> }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(routes.length).toBeGreaterThan(40)
  expect(routes).toEqual(expect.arrayContaining(['POST /v1/imports', 'GET /metrics', 'POST /v1/jobs']))
  const wrong: string[] = []
  for (const route of [...routes, 'GET /openapi.json']) {
    const [method, path] = route.split(' ') as ['GET', string]
    const least = order.indexOf(needed(route))
    for (const who of [...order, 'wrong'] as const) {
      const secret = secrets.get(who)
      const { statusCode } = await app.inject({
        method,
        url: path.replaceAll(/\{[^}]*\}/g, 'x'),
        ...(secret === undefined ? {} : { headers: { authorization: `Bearer ${secret}` } }),
      })
      const known = who !== 'wrong' && order.indexOf(who) > 0
      const refused = known ? 403 : 401
      const allowed = least === 0 || (known && order.indexOf(who) >= least)
      const right = allowed ? statusCode !== 401 && statusCode !== 403 : statusCode === refused
      if (!right) wrong.push(`${route} with ${who}: ${statusCode}`)
    }
  }
  expect(wrong).toEqual([])
})
