/** Whatever is sent to whatever route of the OpenAPI document: an answer below 500, and a problem where it is an error. */
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { interactionsFrom } from '../../src/data/interactions.ts'
import { trainRecommender } from '../../src/evaluate/train-recommender.ts'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import { buildSegmentation } from '../../src/jobs/segmentation.ts'
import type { JobRunner } from '../../src/jobs/runner.ts'
import { buildApp, type Typed } from '../../src/server/app.ts'
import { makeMetrics } from '../../src/server/metrics.ts'
import { Service } from '../../src/server/service.ts'
import { saveRecommender } from '../../src/workspace/recommenders.ts'
import { openStore, type Store } from '../../src/workspace/store/store.ts'
import { openWorkspace } from '../../src/workspace/workspace.ts'

const REQUESTS = 10_000
const folder = mkdtempSync(join(tmpdir(), 'homophily-http-'))
let store: Store
let service: Service
let app: Typed

beforeAll(async () => {
  const workspace = await openWorkspace(join(folder, 'workspace'))
  const pairs = Array.from({ length: 60 }, (_, n) => ({ user: `u${n % 7}`, item: `i${n % 11}` }))
  using model = await trainRecommender(interactionsFrom(pairs), { method: 'item-knn' })
  await saveRecommender(workspace, 'shop', model)
  // Two versions, so that there is churn to ask for.
  for (const seed of [1, 2]) {
    const ids = Vocabulary.from(Array.from({ length: 7 }, (_, u) => `u${u}`))
    const data = Float32Array.from({ length: 14 }, (_, at) => ((at >> 1) % 2) + at / 100)
    const space = { name: 'vectors', version: 1, of: 'user' as const, ids, dim: 2, data }
    const input = { space, unit: false, users: null, items: null, interactions: null, upTo: 0 }
    const options = {
      method: 'k-means',
      clusters: 2,
      maxClusters: 2,
      config: {},
      seed,
      runs: 0,
      promote: true,
    }
    await buildSegmentation(workspace, 'segments', input, options)
  }
  store = await openStore(':memory:')
  service = new Service(workspace, store, 'shop')
  await service.look()
  // Jobs are accepted and never run.
  const runner = { wake: () => {}, stopping: false } as unknown as JobRunner
  app = await buildApp({ service, runner, metrics: makeMetrics(service, Date.now), open: true })
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await service.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query: readonly string[]
  readonly body: Schema | null
}
interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly $ref?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly additionalProperties?: Schema | boolean
}

function operations(document: {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { parameters = [], requestBody } = operation as {
        parameters?: { name: string; in: string }[]
        requestBody?: { content?: Record<string, { schema?: Schema }> }
      }
      return {
        method: method.toUpperCase() as Operation['method'],
        path,
        query: parameters.filter((p) => p.in === 'query').map((p) => p.name),
        body: requestBody?.content?.['application/json']?.schema ?? null,
      }
    }),
  )
}

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('u1', 'i1', 'i2', 's1', 'nobody') },
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '../../etc/passwd',
    '%00',
    '\0',
    '__proto__',
    'constructor',
    "'; drop table events; --",
    '😀'.repeat(200),
    '\ud800',
    'NaN',
    '-1',
    '1e999',
    '{"min": 1}',
    '[]',
  ),
)
const junk = fc.oneof(
  text,
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constantFrom(null, 1e308, -0, 2 ** 53, { a: {} }),
  fc.jsonValue(),
)

/** Values that are nearly what a schema asks for. */
function like(
  schema: Schema | undefined,
  refs: Readonly<Record<string, Schema>>,
  depth = 0,
): fc.Arbitrary<unknown> {
  const good = ((): fc.Arbitrary<unknown> => {
    if (!schema || depth > 4) return junk
    if (schema.$ref) return like(refs[schema.$ref.split('/').at(-1) ?? ''], refs, depth + 1)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return fc.oneof(...choices.map((choice) => like(choice, refs, depth + 1)))
    if (schema.enum) return fc.constantFrom(...schema.enum)
    if (schema.const !== undefined) return fc.constant(schema.const)
    switch (schema.type) {
      case 'object': {
        const known = Object.entries(schema.properties ?? {})
        if (known.length === 0) return fc.dictionary(text, like(undefined, refs, depth + 1), { maxKeys: 3 })
        const fields = known.map(([name, inner]) => [name, like(inner, refs, depth + 1)] as const)
        return fc.record(Object.fromEntries(fields), { requiredKeys: [] })
      }
      case 'array':
        return fc.array(like(schema.items, refs, depth + 1), { maxLength: 3 })
      case 'integer':
        return fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer())
      case 'number':
        return fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double())
      case 'boolean':
        return fc.boolean()
      default:
        return text
    }
  })()
  return fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: junk })
}

test(`${REQUESTS} requests, none of which may fail inside`, { timeout: 600_000 }, async () => {
  const document = app.swagger() as unknown as Parameters<typeof operations>[0] & {
    components: { schemas: Record<string, Schema> }
  }
  const all = operations(document)
  expect(all.length).toBeGreaterThan(25)
  const refs = document.components.schemas
  const requests = fc.constantFrom(...all).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      params: fc.array(text, { minLength: 2, maxLength: 2 }),
      query: fc.dictionary(fc.oneof(fc.constantFrom('n', 'x', ...operation.query), text), text, {
        maxKeys: 4,
      }),
      body: operation.body
        ? fc.oneof({ weight: 9, arbitrary: like(operation.body, refs) }, { weight: 1, arbitrary: junk })
        : fc.constant(undefined),
    }),
  )
  const seen = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(requests, async ({ operation, params, query, body }) => {
      let next = 0
      const path = operation.path.replace(/\{[^}]*\}/g, () => encode(params[next++] ?? ''))
      const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`)
      const reply = await app.inject({
        method: operation.method,
        url: `${path}?${search.join('&')}`,
        ...(body === undefined
          ? {}
          : { payload: JSON.stringify(body) ?? 'null', headers: { 'content-type': 'application/json' } }),
      })
      seen.set(reply.statusCode, (seen.get(reply.statusCode) ?? 0) + 1)
      expect(reply.statusCode).toBeLessThan(500)
      if (reply.statusCode >= 400) {
        expect(reply.headers['content-type']).toContain('application/problem+json')
        expect(reply.json()).toMatchObject({ status: reply.statusCode, code: expect.any(String) })
      }
    }),
    { numRuns: REQUESTS, seed: 20, endOnFailure: true },
  )
  // Neither everything refused nor everything accepted.
  expect(seen.get(200) ?? 0).toBeGreaterThan(REQUESTS / 20)
  expect(seen.get(400) ?? 0).toBeGreaterThan(REQUESTS / 20)
})

/** As encodeURIComponent, but broken surrogates go out as they are, in broken UTF-8. */
function encode(value: string): string {
  return value.isWellFormed() ? encodeURIComponent(value) : '%ED%A0%80'
}
