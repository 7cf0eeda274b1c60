/** `homophily demo`: the dashboard on a generated marketplace, from events to models, segments, maps and look-alikes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { Client, type JobInput } from '../../client/index.ts'
import { type MarketplaceAudience, sampleAudience } from '../../data/sample-audience.ts'
import { DAYS, START } from '../../data/sample.ts'
import { fail } from '../../errors.ts'
import { Random } from '../../random.ts'
import type { Served } from '../../server/serve.ts'
import type { Progress } from '../../train/run.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { storeItems, storePeriod } from '../demo-market.ts'
import { demoReport } from '../demo-report.ts'
import { commonFlags, wholeNumber } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { counted, duration, shellWord } from '../text.ts'

interface DemoFlags extends CommonOptions {
  readonly seed: number
  readonly workspace?: string
  readonly port?: number
  readonly report?: boolean
}

const PORT = 7070
const DAY = 86_400_000
/** Users who ask for recommendations at the end, and how many of them follow one. */
const VISITS = 300
const FOLLOWS = 5
/** Users of one planted taste who are given as the seeds of an audience. */
const SEEDS = 40

export function addDemo(program: Command, shell: Shell): void {
  const command = program
    .command('demo')
    .description('the dashboard on a generated marketplace: events, models, segments, maps, look-alikes')
    .option('--report', 'compare methods on it instead, and print a report')
    .option('--seed <number>', 'seed of the data and the training', wholeNumber, 1)
    .option('--workspace <folder>', 'where to keep it (default: a temporary folder)')
    .option('--port <number>', `where to listen (default: ${PORT}, or any that is free)`, wholeNumber)
  commonFlags(command).action((options: DemoFlags) =>
    shell.run(options, (context) =>
      options.report ? demoReport(context, options) : dashboard(context, options),
    ),
  )
}

async function dashboard(context: Context, flags: DemoFlags): Promise<Output> {
  const started = performance.now()
  context.announceKernels()
  context.interrupted = 'stopped'
  const directory = flags.workspace ?? (await mkdtemp(join(tmpdir(), 'homophily-demo-')))
  const served = await listen(directory, flags.port)
  const { address } = served
  try {
    context.notice(`The dashboard is at ${address} already, and fills while you look.`)
    const audience = await fill(context, served, flags.seed)
    const seconds = (performance.now() - started) / 1000
    const stays =
      flags.workspace === undefined
        ? 'It is forgotten when it stops; --workspace <folder> keeps it.'
        : `It is kept: homophily serve --workspace ${shellWord(directory)}`
    context.notice(
      [
        '',
        `  Open ${address} in a browser.`,
        '',
        `  A generated marketplace with planted tastes: ${counted(audience.plan.users.size, 'user')}, ${counted(audience.plan.items.size, 'item')}, two periods of ${DAYS} days.`,
        `  Everything was trained here in ${duration(seconds)}. ${stays}`,
        '  Ctrl-C stops it.',
        '',
      ].join('\n'),
    )
    await aborted(context.signal)
    return context.answer({ command: 'demo', address, workspace: directory, seconds }, 'stopped\n')
  } finally {
    await served.close()
    if (flags.workspace === undefined) await rm(directory, { recursive: true, force: true })
  }
}

async function listen(workspace: string, port: number | undefined): Promise<Served> {
  // Only this needs the server and what it stands on.
  const { serve } = await import('../../server/serve.ts')
  // Whoever is on this machine may look at what was made up.
  const options = { workspace, model: 'service', host: '127.0.0.1', noKeys: true }
  try {
    return await serve({ ...options, port: port ?? PORT })
  } catch (error) {
    if (port !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return serve({ ...options, port: 0 })
  }
}

/** Twice: what happened, a model of it, segments, a map. Then visitors, and an audience. */
async function fill(context: Context, served: Served, seed: number): Promise<MarketplaceAudience> {
  const { store } = served.service
  const client = new Client({ url: served.address })
  const audience = sampleAudience(new Random(seed))
  // The second period ended last midnight.
  const shift = Math.floor(Date.now() / DAY) * DAY - (START + 2 * DAYS * DAY)
  await storeItems(store, audience)
  for (const period of [0, 1] as const) {
    context.check()
    await storePeriod(store, audience, period, shift)
    context.notice(`${period === 0 ? 'first' : 'second'} period: events are stored`)
    const jobs = [
      { kind: 'train', method: 'fast-lightgcn', seed, ...(period === 1 ? { days: DAYS } : {}) },
      { kind: 'segment', seed, maxClusters: 24 },
      { kind: 'project', of: 'users', seed },
    ] satisfies JobInput[]
    for (const job of jobs) await finish(context, client, job)
  }
  await finish(context, client, { kind: 'project', of: 'items', seed })
  await served.service.lookAgain()
  await visit(client, audience, served)
  await seedAudience(client, audience)
  return audience
}

async function finish(context: Context, client: Client, input: JobInput): Promise<void> {
  const began = performance.now()
  const name = input.kind === 'project' ? `map of ${input.of ?? 'users'}` : input.kind
  context.progress.begin(name)
  const { id } = await client.createJob(input)
  const job = await client
    .waitForJob(id, {
      ...(context.signal ? { signal: context.signal } : {}),
      onProgress({ progress }) {
        if (progress) context.progress.show(progress as Progress)
      },
    })
    .catch((error: unknown) => {
      context.check()
      throw error
    })
  if (job.status !== 'done') {
    throw fail('CONFLICT', {
      what: `job ${name}`,
      expected: 'to be done',
      got: `${job.status}: ${job.error}`,
    })
  }
  context.notice(`${name}: ${duration((performance.now() - began) / 1000)}`)
}

/**
 * Some users look at what is shown to them, among every ten a stranger of whom nothing is known and a newcomer who filled in a form.
 * Some buy what they are shown, and look again.
 */
async function visit(
  client: Client,
  { plan: { users }, periods }: MarketplaceAudience,
  served: Served,
): Promise<void> {
  const again: string[] = []
  for (let n = 0; n < VISITS; n++) {
    const known = (n * 7) % users.size
    const user = n % 10 === 0 ? `stranger-${n}` : n % 10 === 5 ? `newcomer-${n}` : users.id(known)
    if (n % 10 === 5) {
      const { id: _, interests, ...attributes } = periods[1].userAttributes[known]
      await client.putUser(user, { ...attributes, interests: [...interests] })
    }
    const { id, items } = await client.recommend(user)
    const [first] = items
    if (first && n % FOLLOWS === 1) {
      await client.sendEvents({ id: `follow-${n}`, user, item: first.id, type: 'buy', recommendation: id })
      again.push(user)
    }
  }
  await served.service.lookAgain()
  for (const user of again) await client.recommend(user)
}

/** An audience like some users of one taste. */
async function seedAudience(client: Client, { plan, periods }: MarketplaceAudience): Promise<void> {
  const { userCommunities } = periods[1]
  const own = Array.from(userCommunities, (_, row) => row).filter((row) => userCommunities[row] === 0)
  const seeds = own.slice(0, SEEDS).map((row) => plan.users.id(row))
  const name = 'Like the first community'
  const { items } = await client.audiences()
  if (items.some((audience) => audience.name === name)) return
  await client.createAudience({ name, lookalike: { seeds } })
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}
