/** Files of events, users, items and relations, in and out. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { type RowFormat, rowFormatOf } from '../../data/rows.ts'
import { fail } from '../../errors.ts'
import { exportFile, exportText } from '../../workspace/files/export.ts'
import { importFile } from '../../workspace/files/import.ts'
import { previewFile } from '../../workspace/files/preview.ts'
import type { App } from '../app.ts'
import * as schemas from '../file-schemas.ts'
import { problem, sendProblem } from '../problems.ts'
import { withBody, withFolder } from '../spool.ts'

/** Bytes of an uploaded file. */
const MOST = 4 * 2 ** 30
const types = [
  'application/octet-stream',
  'application/gzip',
  'application/zstd',
  'application/vnd.apache.parquet',
  'text/csv',
  'text/tab-separated-values',
]

export function fileRoutes({ app, service, now }: App): void {
  const tags = ['files']
  app.addContentTypeParser(types, (_request, payload, done) => done(null, payload))

  app.route({
    method: 'POST',
    url: '/v1/imports/preview',
    config: { role: 'write' },
    schema: {
      summary: 'What a file holds, and what its columns are likely to mean',
      description: 'The body is the file. Nothing is kept.',
      tags,
      consumes: types,
      querystring: schemas.previewQuery,
      response: { 200: schemas.preview },
    },
    handler: ({ body, query: { kind, partial = false, ...source } }) =>
      withBody(bodyOf(body), MOST, (path) => previewFile(sourceOf(path, source), { kind, partial })),
  })

  app.route({
    method: 'POST',
    url: '/v1/imports',
    config: { role: 'write' },
    schema: {
      summary: 'Store a file of events, users, items or relations',
      description:
        'The body is the file. Every row is checked before the first is stored: with more bad rows than allowed nothing is stored. What is cut off midway is made whole by sending the same file again, and nothing is stored twice.',
      tags,
      consumes: types,
      querystring: schemas.importQuery,
      response: { 200: schemas.importReport },
    },
    handler: ({ body, query: { kind, mapping, maxBadRows, dryRun = false, ...source } }, reply) =>
      withBody(bodyOf(body), MOST, async (path) => {
        const options = { source: sourceOf(path, source), kind, maxBadRows, dryRun, now }
        const report = await importFile(service.store, { ...options, ...(mapping ? { mapping } : {}) })
        const { refused, problems, rejected, rows } = report
        if (refused) {
          const what = `${rejected} of ${rows} rows cannot be stored, and at most a share of ${maxBadRows} may be left out (maxBadRows); nothing was stored`
          const issues = problems.map(({ line, detail }) => ({ path: `line ${line}`, detail }))
          return sendProblem(reply, problem(400, 'ROWS', what, issues))
        }
        if (report.stored > 0) await service.lookAgain()
        return report
      }),
  })

  app.route({
    method: 'GET',
    url: '/v1/export/:kind',
    config: { role: 'read' },
    schema: {
      summary: 'All events, users, items or relations as a file',
      tags,
      params: schemas.exportParams,
      querystring: schemas.exportQuery,
      produces: Object.values(mediaTypes),
    },
    async handler({ params: { kind }, query: { format } }, reply) {
      reply.header('content-disposition', `attachment; filename="${kind}.${format}"`)
      reply.type(mediaTypes[format])
      if (format !== 'parquet') return reply.send(Readable.from(exportText(service.store, kind, format)))
      return withFolder(async (folder) => {
        const path = join(folder, 'file')
        await exportFile(service.store, kind, format, path)
        return sendWhole(reply, path)
      })
    },
  })
}

const mediaTypes = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
} as const

/** Resolves once all is sent, or nobody listens any more. */
function sendWhole(reply: FastifyReply, path: string): Promise<FastifyReply> {
  const stream = createReadStream(path)
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  void reply.send(stream)
  return closed.then(() => reply)
}

function bodyOf(body: unknown): Readable {
  if (typeof (body as Partial<Readable> | null)?.pipe === 'function') return body as Readable
  throw fail('ARGUMENT', { what: 'body', expected: `a file, as ${types[0]}`, got: 'none, or JSON' })
}

interface Named {
  readonly name: string
  readonly format?: RowFormat | undefined
  readonly delimiter?: string | undefined
}

function sourceOf(path: string, { name, format, delimiter }: Named) {
  return { path, name, format: format ?? rowFormatOf(name), delimiter }
}
