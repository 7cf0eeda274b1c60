/**
 * The dashboard: the files that Vite built into dist/web. Its page answers at every address that is no route, so that a link to
 * /segments works; its other files have their contents' hash in their names and are kept for good.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Typed } from './app.ts'
import { problem, sendProblem } from './problems.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
}
/** Where vite.config.ts has the page's nonce be put. */
const NONCE = /HOMOPHILY-NONCE/g
const built = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/web/' : '../web/', import.meta.url),
)

interface File {
  readonly type: string
  readonly body: Buffer
  readonly zipped: Buffer
}

/** By path below the folder; none where the dashboard was not built. */
function readBuilt(folder: string): ReadonlyMap<string, File> {
  const files = new Map<string, File>()
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true }) as string[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return files
    throw error
  }
  for (const name of names) {
    const type = types[extname(name)]
    if (!type) continue
    const body = readFileSync(join(folder, name))
    files.set(name.replaceAll('\\', '/'), { type, body, zipped: gzipSync(body) })
  }
  return files
}

/** Only what comes from here runs or styles; styles that scripts add bear the nonce. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Serves the files, and answers what is no route: with the page to browsers that navigate, with a problem to others. */
export function addWeb(app: Typed): void {
  const files = readBuilt(built)
  const page = files.get('index.html')?.body.toString()

  for (const [name, file] of files) {
    if (name === 'index.html') continue
    app.route({
      method: 'GET',
      url: `/${name}`,
      config: { role: 'none', rateLimit: false },
      schema: { hide: true },
      async handler(request, reply) {
        const kept = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
        reply.headers({ 'cache-control': kept, 'x-content-type-options': 'nosniff', vary: 'accept-encoding' })
        const zip = request.headers['accept-encoding']?.includes('gzip') ?? false
        if (zip) reply.header('content-encoding', 'gzip')
        return reply.type(file.type).send(zip ? file.zipped : file.body)
      },
    })
  }

  function sendPage(reply: FastifyReply, html: string): FastifyReply {
    const nonce = randomBytes(16).toString('base64')
    return reply
      .headers({
        'content-security-policy': policy(nonce),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      })
      .type(types['.html'])
      .send(html.replace(NONCE, nonce))
  }

  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0]
    const navigates = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
    if (!navigates || /^\/(v1|health)\//.test(path) || extname(path) !== '') {
      return sendProblem(reply, problem(404, 'NO_ROUTE', `there is no ${request.method} ${path}`))
    }
    if (page !== undefined) return sendPage(reply, page)
    const todo = 'the dashboard is not built: npm run build, then start again'
    return sendProblem(reply, problem(404, 'NO_DASHBOARD', todo))
  })
}
