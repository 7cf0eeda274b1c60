/** `homophily project <model>` */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { boundsOf, drawMap, type DrawnMap } from '../../audience/map.ts'
import { mapSettings } from '../../audience/map-settings.ts'
import type { Space } from '../../audience/space.ts'
import { fail } from '../../errors.ts'
import { wrap } from '../../evaluate/table.ts'
import { type Method, resolveConfig } from '../../models/method.ts'
import { run } from '../../train/run.ts'
import { type MapOf, mapKinds, mapToGoOnFrom, saveMap } from '../../workspace/maps.ts'
import { idTableLines, writeIdTableParquet } from '../../workspace/member-files.ts'
import { eventsIn, spaceOf } from '../../workspace/spaces.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, writePieces } from '../files.ts'
import { choiceFlag, commonFlags, versionFlag, wholeNumber, workspaceFlag } from '../flags.ts'
import { addSettingFlags, givenSettings } from '../settings.ts'
import type { Shell } from '../shell.ts'
import { counted, duration } from '../text.ts'

const method: Method<ReturnType<typeof mapSettings.parse>> = {
  name: 'umap',
  title: 'the map',
  summary: 'near ones near each other, in two dimensions',
  paper: 'https://arxiv.org/abs/1802.03426',
  config: mapSettings,
  presets: {},
}

interface Flags extends CommonOptions {
  readonly of: MapOf
  readonly seed: number
  readonly fresh?: true
  readonly save: boolean
  readonly export?: string
  readonly workspace: string
  readonly version?: number
}

export function addProject(program: Command, shell: Shell): void {
  const command = program
    .command('project')
    .description(`draw a map of the users or items of a saved model: ${method.summary}\n${method.paper}`)
    .argument('<model>', 'name of a saved model that has vectors')
    .addOption(choiceFlag('--of <kind>', 'whose vectors', mapKinds).default('users'))
  addSettingFlags(versionFlag(command), method)
  command
    .option('--seed <number>', 'seed of the map', wholeNumber, 1)
    .option('--fresh', 'start on the main axes, though there is a map of this model before')
  workspaceFlag(command.optionsGroup('Saving:'))
    .option('--no-save', 'do not keep the map')
    .option('--export <file>', 'also write id, x and y to a file: .csv or .parquet')
  commonFlags(command).action((name: string, options: Flags) =>
    shell.run(options, (context) => project(context, name, options)),
  )
}

async function project(context: Context, name: string, flags: Flags): Promise<Output> {
  const { of, seed } = flags
  const config = resolveConfig(method, givenSettings(method, flags as unknown as Record<string, unknown>))
  if (flags.export !== undefined && !/\.(csv|parquet)$/i.test(flags.export)) {
    throw fail('ARGUMENT', {
      what: '--export',
      expected: 'a name ending in .csv or .parquet',
      got: flags.export,
    })
  }
  await checkTargets(flags.export)
  const workspace = await openWorkspace(flags.workspace)
  const model = await workspace.loadModel(name, flags.version)
  const space = spaceOf(model, of === 'users' ? 'user' : 'item')
  const before = flags.fresh ? null : await mapToGoOnFrom(workspace, of, name)
  context.announceKernels()
  context.progress.begin(name)
  const started = performance.now()
  const drawn = await run(drawMap(space, config, seed, before), context.runOptions)
  const seconds = (performance.now() - started) / 1000
  context.progress.clear()
  context.check()

  const ids = [...space.ids]
  if (flags.export !== undefined) await write(flags.export, ids, drawn)
  const source = { name, version: model.version }
  const map = { of, space: source, upTo: eventsIn(model.data), config, seed, ids, ...drawn }
  const saved = flags.save ? await saveMap(workspace, map) : null
  const value = {
    command: 'project',
    map: saved,
    of,
    space: source,
    config,
    seed,
    points: ids.length,
    bounds: boundsOf(drawn.coordinates),
    neighbourhood: drawn.neighbourhood,
    from: before && { name: before.name, version: before.version },
    seconds,
    exported: flags.export ?? null,
  }
  const facts = [
    `${counted(ids.length, 'point')} from ${counted(space.dim, 'number')} each, in ${duration(seconds)}${before ? `, starting from version ${before.version}` : ''}.`,
    ...describeFit(drawn, space),
    ...(flags.export === undefined ? [] : [`Written to ${flags.export}.`]),
    saved ? `Saved as ${saved.name}, version ${saved.version}.` : 'Not saved (--no-save).',
  ]
  const title = `Map of the ${of} of ${name}, version ${model.version}`
  const text = facts.map((line) => `${wrap(line, 100, '  ')}\n`).join('')
  return context.answer(value, `${title}\n${'═'.repeat(title.length)}\n${text}`)
}

function describeFit({ neighbourhood }: DrawnMap, { ids }: Space): string[] {
  if (!neighbourhood) return []
  const { k, preserved, trustworthiness } = neighbourhood
  const chance = k / (ids.size - 1)
  return [
    `Of the ${k} nearest, ${(100 * preserved).toFixed(1)} % are nearest on the map (by chance ${(100 * chance).toFixed(1)} %); trustworthiness ${trustworthiness.toFixed(3)}.`,
  ]
}

async function write(path: string, ids: readonly string[], { coordinates }: DrawnMap): Promise<void> {
  const axis = (offset: number) => coordinates.filter((_, e) => e % 2 === offset)
  const columns = [
    { name: 'x', values: axis(0) },
    { name: 'y', values: axis(1) },
  ]
  if (/\.parquet$/i.test(path)) await writeIdTableParquet(resolve(path), { ids, columns })
  else await writePieces(path, idTableLines({ ids, columns }, 'csv'))
}
