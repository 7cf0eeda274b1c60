/** The HTTP service: plugins, access, routes. */
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JobRunner } from '../jobs/runner.ts'
import type { Rung } from '../retrieval/answering.ts'
import { release } from '../workspace/manifest.ts'
import { guard } from './access.ts'
import { AnswerCounts } from './answer-counts.ts'
import type { Metrics } from './metrics.ts'
import { handleError } from './problems.ts'
import { answerRoutes } from './routes/answers.ts'
import { driftRoutes } from './routes/drift.ts'
import { audienceRoutes } from './routes/audiences.ts'
import { entityRoutes } from './routes/entities.ts'
import { eventRoutes } from './routes/events.ts'
import { explorerRoutes } from './routes/explorer.ts'
import { fileRoutes } from './routes/files.ts'
import { healthRoutes } from './routes/health.ts'
import { jobRoutes, scheduleRoutes } from './routes/jobs.ts'
import { mapRoutes } from './routes/maps.ts'
import { methodRoutes } from './routes/methods.ts'
import { modelRoutes } from './routes/models.ts'
import { overviewRoutes } from './routes/overview.ts'
import { reportRoutes } from './routes/reports.ts'
import { segmentRoutes } from './routes/segments.ts'
import { spaceRoutes } from './routes/spaces.ts'
import type { Service } from './service.ts'
import { StorageState } from './storage-state.ts'
import { addWeb } from './web.ts'

export type Typed = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What routes work with. */
export interface App {
  readonly app: Typed
  readonly service: Service
  readonly runner: JobRunner
  readonly metrics: Metrics
  readonly now: () => number
  readonly counts: AnswerCounts
  readonly storage: StorageState
  /** Counts an answer. */
  count(version: number, rung: Rung): void
}

export interface AppOptions {
  readonly service: Service
  readonly runner: JobRunner
  readonly metrics: Metrics
  /** Lets everybody in, without keys. */
  readonly open: boolean
  /** Origins of web pages that may call. None by default. */
  readonly origins?: readonly string[]
  /** Requests a minute from one client; 0: any number. */
  readonly rate?: number
  /** Bytes of a JSON body. */
  readonly bodyLimit?: number
  readonly logLevel?: string
  readonly now?: () => number
}

/** Everything but listening. */
export async function buildApp(options: AppOptions): Promise<Typed> {
  const { service, runner, metrics, now = Date.now } = options
  const app = fastify({
    logger:
      options.logLevel === undefined
        ? false
        : { level: options.logLevel, redact: ['req.headers.authorization'] },
    bodyLimit: options.bodyLimit ?? 4 * 2 ** 20,
    routerOptions: { maxParamLength: 3000 },
    // Keys like __proto__ are refused rather than dropped.
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // Files take as long as the line is slow.
    requestTimeout: 15 * 60_000,
    return503OnClosing: true,
    // Paths that are no paths do not reach the error handler.
    frameworkErrors: handleError,
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const storage = new StorageState()
  app.setErrorHandler((error, request, reply) => {
    storage.note(error)
    handleError(error, request, reply)
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    metrics.latency.observe(
      { route, method: request.method, status: reply.statusCode },
      reply.elapsedTime / 1000,
    )
    if (hasStored(request, reply)) storage.stored()
  })
  app.addHook('onClose', async () => metrics.close())

  if (options.origins && options.origins.length > 0)
    await app.register(cors, { origin: [...options.origins] })
  // Before access, so that wrong keys are limited, too.
  if (options.rate) {
    await app.register(rateLimit, {
      max: options.rate,
      timeWindow: 60_000,
      errorResponseBuilder: (_request, context) =>
        Object.assign(
          new Error(`more than ${context.max} requests a minute; try again in ${context.after}`),
          {
            statusCode: context.statusCode,
            code: 'RATE',
          },
        ),
    })
  }
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'homophily',
        version: release,
        description: 'Events in, recommendations out, retrained in the background.',
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  guard(app, { keys: service.store.keys, open: options.open, now })

  const counts = new AnswerCounts(service.store.answers, (error) => {
    storage.note(error)
    app.log.error({ err: error }, 'answers could not be counted')
  })
  counts.start()
  app.addHook('onClose', () => counts.close())
  const count = (version: number, rung: Rung): void => {
    metrics.answers.inc({ rung })
    counts.add(service.name, version, rung, now())
  }
  const context: App = { app, service, runner, metrics, now, counts, count, storage }
  for (const add of [
    healthRoutes,
    eventRoutes,
    entityRoutes,
    fileRoutes,
    answerRoutes,
    jobRoutes,
    scheduleRoutes,
    modelRoutes,
    mapRoutes,
    reportRoutes,
    segmentRoutes,
    driftRoutes,
    spaceRoutes,
    audienceRoutes,
    overviewRoutes,
    explorerRoutes,
    methodRoutes,
  ]) {
    add(context)
  }
  addWeb(app)
  return app
}

/** Questions that are sent as POST need only the role of a reader. */
function hasStored({ method, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  const { role } = routeOptions.config
  return method !== 'GET' && (role === 'write' || role === 'admin') && statusCode < 300
}
