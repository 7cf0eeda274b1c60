/** Errors as problem+json (RFC 9457). */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { fail, HomophilyError } from '../errors.ts'
import { storageFault } from '../workspace/store/faults.ts'
import { faultTexts } from './storage-state.ts'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly issues?: readonly { readonly path: string; readonly detail: string }[]
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Who are you?',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  499: 'Cancelled',
  500: 'Internal error',
  503: 'Not available',
  507: 'No room left',
}

export function problem(status: number, code: string, detail: string, issues?: Problem['issues']): Problem {
  const base = { type: 'about:blank', title: titles[status] ?? 'Error', status, detail, code }
  return issues ? { ...base, issues } : base
}

/** What an error is to a client. What went wrong inside is for the log alone. */
function problemOf(error: unknown): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map((issue) => ({
      path: `${error.validationContext ?? 'request'}${issue.instancePath}`,
      detail: issue.message ?? '',
    }))
    return problem(400, 'INVALID', 'the request is not what the schema asks for', issues)
  }
  const fault = storageFault(error)
  if (fault) {
    const status = fault === 'full' ? 507 : 503
    return problem(
      status,
      'STORAGE',
      `${faultTexts[fault]}; nothing of this request was stored: send it again later`,
    )
  }
  if (error instanceof HomophilyError) {
    return error.status >= 500
      ? problem(500, error.code, 'something went wrong inside; the log has the details')
      : problem(error.status, error.code, error.message)
  }
  const { statusCode, code, message } = error as Partial<FastifyError>
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return problem(statusCode, code ?? 'BAD_REQUEST', message ?? '')
  }
  return problem(500, 'INTERNAL', 'something went wrong inside; the log has the details')
}

export function sendProblem(reply: FastifyReply, value: Problem): FastifyReply {
  if (value.code === 'STORAGE') reply.header('retry-after', '5')
  return reply.code(value.status).type('application/problem+json').serializer(JSON.stringify).send(value)
}

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const value = problemOf(error)
  if (value.status >= 500) request.log.error({ err: error }, 'request failed')
  void sendProblem(reply, value)
}

/** The error for something that is not there by id. */
export function absent(kind: string, id: string): HomophilyError {
  return fail('MISSING', { what: `there is no ${kind} ${JSON.stringify(id)}`, todo: 'Check the id.' })
}
