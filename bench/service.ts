/**
 * The service under load, the load generator on the same machine: a LightGCN of Gowalla, 20 items excluding seen, and events in batches.
 *
 *     npm run bench -- service
 *
 * It trains the model first where WORKSPACE (default: a temporary folder) has none, and prints requests a second and percentiles.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readInteractions } from '../src/data/read.ts'
import { trainRecommender } from '../src/evaluate/train-recommender.ts'
import { Random } from '../src/random.ts'
import { saveRecommender } from '../src/workspace/recommenders.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { dataFolder } from './support/graphs.ts'

const SECONDS = Number(process.env['SECONDS'] ?? 20)
const CONNECTIONS = 16

export async function serviceBench(): Promise<void> {
  const folder = process.env['WORKSPACE'] ?? mkdtempSync(join(tmpdir(), 'homophily-service-bench-'))
  const users = await prepare(folder)
  const server = await startServer(folder)
  try {
    const call = caller(server.url)
    const rng = new Random(1)
    const recommend = () =>
      call('GET', `/v1/users/${encodeURIComponent(users[rng.int(users.length)])}/recommendations?n=20`)
    await load(recommend, CONNECTIONS, 2)
    report('recommendations', await load(recommend, CONNECTIONS, SECONDS))

    let n = 0
    const events = () => {
      const batch = Array.from({ length: 500 }, () => ({
        id: `bench-${process.pid}-${n++}`,
        user: users[rng.int(users.length)],
        item: String(rng.int(40_000)),
      }))
      return call('POST', '/v1/events', batch)
    }
    const stored = await load(events, 4, SECONDS / 2)
    report('batches of 500 events', stored)
    console.log(`  ${Math.round((stored.times.length * 500) / stored.seconds)} events/s, durable`)

    await call('POST', '/v1/jobs', { kind: 'train', method: 'fast-lightgcn' })
    await new Promise((resolve) => setTimeout(resolve, 2000))
    report('recommendations while a training runs', await load(recommend, 4, SECONDS))
  } finally {
    server.process.kill('SIGTERM')
  }
}

/** A workspace with a model in it; answers the ids of its users. */
async function prepare(folder: string): Promise<string[]> {
  const { interactions } = await readInteractions(join(dataFolder, 'gowalla', 'train.csv.gz'))
  if (!existsSync(join(folder, 'models', 'service'))) {
    using model = await trainRecommender(interactions, { method: 'fast-lightgcn' })
    await saveRecommender(await openWorkspace(folder), 'service', model)
  }
  return Array.from({ length: interactions.users.size }, (_, u) => interactions.users.id(u))
}

async function startServer(folder: string): Promise<{ process: ChildProcess; url: string }> {
  const main = new URL('../src/cli/main.ts', import.meta.url).pathname
  const child = spawn(
    process.execPath,
    [main, 'serve', '--workspace', folder, '--port', '0', '--log', 'error'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  for await (const line of createInterface({ input: child.stderr })) {
    const found = /listening on (http:\S+);/.exec(line)
    if (found) {
      child.stderr.resume()
      return { process: child, url: found[1] }
    }
  }
  throw new Error('the service did not start')
}

type Call = (method: string, path: string, body?: unknown) => Promise<number>

/** Sends requests over connections that stay open; answers the status. */
function caller(url: string): Call {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body)
      const headers = payload === undefined ? {} : { 'content-type': 'application/json' }
      const sent = request(new URL(path, url), { method, agent, headers }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      })
      sent.on('error', reject)
      sent.end(payload)
    })
}

interface Load {
  /** Milliseconds of each request. */
  readonly times: Float64Array
  readonly seconds: number
  readonly failed: number
}

/** Each of `connections` sends one request after the other. */
async function load(send: () => Promise<number>, connections: number, seconds: number): Promise<Load> {
  const times: number[] = []
  let failed = 0
  const started = performance.now()
  const worker = async (): Promise<void> => {
    while (performance.now() - started < 1000 * seconds) {
      const from = performance.now()
      const status = await send()
      times.push(performance.now() - from)
      if (status !== 200) failed++
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return { times: Float64Array.from(times).sort(), seconds: (performance.now() - started) / 1000, failed }
}

function report(what: string, { times, seconds, failed }: Load): void {
  const at = (share: number): string => times[Math.floor(share * (times.length - 1))].toFixed(1)
  console.log(
    `${what}: ${Math.round(times.length / seconds)} /s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms, ${failed} failed`,
  )
}
