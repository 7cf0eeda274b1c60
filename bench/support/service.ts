/** A server under load: sending requests, and telling how long they took. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../src/random.ts'

export type Call = (method: string, path: string, body?: unknown) => Promise<number>

/** Sends requests over connections that stay open; answers the status. */
export function caller(url: string): Call {
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

export interface Load {
  /** Milliseconds of each request. */
  readonly times: Float64Array
  readonly seconds: number
  readonly failed: number
}

/** Each of `connections` sends one request after the other. */
export async function load(send: () => Promise<number>, connections: number, seconds: number): Promise<Load> {
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

/**
 * Requests come at random moments (a Poisson process), `rate` a second, whether or not those before were answered. A request's time counts
 * from the moment it should have been sent.
 */
export async function arrivals(
  send: () => Promise<number>,
  rate: number,
  seconds: number,
  rng: Random,
): Promise<Load> {
  const times: number[] = []
  let failed = 0
  const open: Promise<void>[] = []
  const one = async (from: number): Promise<void> => {
    const status = await send()
    times.push(performance.now() - from)
    if (status !== 200) failed++
  }
  const started = performance.now()
  for (let due = started; ;) {
    due += (-1000 * Math.log(1 - rng.float())) / rate
    if (due > started + 1000 * seconds) break
    // Timers come late by a millisecond or so, which counts with the times.
    while (performance.now() < due) await sleep(1)
    open.push(one(due))
  }
  await Promise.all(open)
  return { times: Float64Array.from(times).sort(), seconds: (performance.now() - started) / 1000, failed }
}

/**
 * Runs a load and tells what came of it. `pid` is the server's: what it takes of the processors for each request says how many there can be,
 * whatever else the machine has to do.
 */
export async function measure(what: string, pid: number, loaded: () => Promise<Load>): Promise<void> {
  const before = processorSeconds(pid)
  const load = await loaded()
  const each = (1000 * (processorSeconds(pid) - before)) / load.times.length
  report(`${what} (${each.toFixed(2)} ms of processor each)`, load)
}

/** Hundredths of seconds are what Linux counts in. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user + system) / 100
}

export function report(what: string, { times, seconds, failed }: Load): void {
  const at = (share: number): string => times[Math.floor(share * (times.length - 1))].toFixed(1)
  console.log(
    `${what}: ${Math.round(times.length / seconds)} /s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms, ${failed} failed`,
  )
}
