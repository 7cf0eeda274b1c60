/** `homophily models list | show | drift | rollback | delete` */
import type { Command } from 'commander'
import { fail } from '../../errors.ts'
import { type DriftSummary, summarizeDrift } from '../../audience/drift.ts'
import { type DriftKind, type DriftRecord, driftIn, idsOf } from '../../workspace/drifts.ts'
import { type ModelDetails, openWorkspace, type VersionSummary } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { commonFlags, positive, workspaceFlag } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { bytes, columns, counted, moment } from '../text.ts'

interface ModelsFlags extends CommonOptions {
  readonly workspace: string
  readonly to?: number
  readonly version?: number
  readonly top?: number
  readonly id?: string
}

export function addModels(program: Command, shell: Shell): void {
  const models = program.command('models').description('saved models and their versions')
  const add = (
    command: Command,
    work: (context: Context, name: string, flags: ModelsFlags) => Promise<Output>,
  ): void => {
    commonFlags(workspaceFlag(command)).action((...given: unknown[]) => {
      const flags = given.at(-2) as ModelsFlags
      return shell.run(flags, (context) => work(context, given.length > 2 ? (given[0] as string) : '', flags))
    })
  }
  add(models.command('list').description('all models, and the version of each that is in service'), list)
  add(models.command('show').description('the versions of a model').argument('<name>'), show)
  add(
    models
      .command('drift')
      .description(
        'how far users and items of a recommender, or nodes of an embedding, are from where the version before had them',
      )
      .argument('<name>')
      .option('--version <number>', 'which one (default: the one in service)', positive)
      .option('--top <count>', 'how many of those that moved most', positive, 10)
      .option('--id <id>', 'how far this one moved'),
    drift,
  )
  add(
    models
      .command('rollback')
      .description('put an earlier version into service')
      .argument('<name>')
      .option('--to <version>', 'which one (default: the one before)', positive),
    rollback,
  )
  add(
    models
      .command('delete')
      .description('delete a model with all its versions, or one version')
      .argument('<name>')
      .option('--version <number>', 'only this version', positive),
    remove,
  )
}

async function list(context: Context, _: string, flags: ModelsFlags): Promise<Output> {
  const workspace = await openWorkspace(flags.workspace)
  const models = await workspace.listModels()
  const details = await Promise.all(models.map(({ name }) => workspace.showModel(name)))
  const rows = details.map((model) => {
    const served = model.versions.find((version) => version.current)
    const { method = '', family, metrics = {}, created = '' } = served?.details ?? {}
    return [
      model.name,
      model.current === undefined ? 'none' : String(model.current),
      String(model.versions.length),
      family ?? '',
      method,
      metric(metrics),
      moment(created),
    ]
  })
  const text =
    rows.length === 0
      ? `No models in ${workspace.directory}. Train one: homophily train <method> <file>\n`
      : columns(
          [['model', 'in service', 'versions', 'family', 'method', 'ndcg@20', 'saved'], ...rows],
          [true, false, false, true, true, false, true],
        ) + problems(models)
  return context.answer({ command: 'models list', workspace: workspace.directory, models }, text)
}

async function show(context: Context, name: string, flags: ModelsFlags): Promise<Output> {
  const model = await (await openWorkspace(flags.workspace)).showModel(name)
  return context.answer({ command: 'models show', ...model }, showText(model))
}

function showText(model: ModelDetails): string {
  const versions = model.versions.map((version) => versionText(version))
  const served = model.current === undefined ? 'no version in service' : `version ${model.current} in service`
  return `${model.name}: ${counted(model.versions.length, 'version')}, ${served}\n${problems([model])}\n${versions.join('\n')}`
}

function versionText({ version, current, problem, details }: VersionSummary): string {
  const head = `version ${version}${current ? ' (in service)' : ''}\n`
  if (!details) return `${head}  cannot be read: ${problem}\n`
  const { method, family, seed, created, homophily, users, items, config, metrics, data } = details
  const settings = Object.entries(config).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : String(value)}`,
  )
  const figures = ['recall@20', 'ndcg@20']
    .filter((key) => key in metrics)
    .map((key) => `${key} ${metrics[key].toFixed(4)}`)
  const { split, drift } = (data ?? {}) as { split?: string; drift?: DriftRecord }
  const rows = [
    ['method', `${method}, seed ${seed}`],
    ['settings', settings.join(' ') || 'none'],
    [
      'data',
      `${family === 'recommend' ? `${counted(users, 'user')}, ${counted(items, 'item')}` : counted(users + items, 'node')}${split === undefined ? '' : `; split ${split}`}`,
    ],
    ['figures', figures.join(', ') || 'not evaluated'],
    ...(drift ? [['aligned', drift.aligned ? `with version ${drift.against}` : `no: ${drift.reason}`]] : []),
    ['saved', `${moment(created)} by homophily ${homophily}, ${bytes(details.bytes)}`],
  ]
  return head + columns(rows, [true, true], '  ')
}

async function drift(context: Context, name: string, flags: ModelsFlags): Promise<Output> {
  const model = await (await openWorkspace(flags.workspace)).loadModel(name, flags.version)
  const { version } = model
  const { against, drifts } = driftIn(model)
  const tables = Object.entries(drifts).map(([kind, drift]) => ({
    kind,
    drift,
    ids: idsOf(model, kind as DriftKind),
  }))
  const title = `${name}, version ${version}: 1 − cosine with version ${against}, about the mean, after alignment\n`
  if (flags.id !== undefined) {
    const { id } = flags
    const own = tables.flatMap(({ kind, drift, ids }) => {
      const row = ids.indexOf(id)
      return row < 0 ? [] : [{ kind, drift: drift[row] < 0 ? null : drift[row] }]
    })
    if (own.length === 0) {
      const known = tables.flatMap(({ ids }) => ids)
      throw fail('UNKNOWN_NAME', {
        kind: tables.map(({ kind }) => kind.slice(0, -1)).join(' or '),
        name: id,
        known,
      })
    }
    const lines = own.map(({ kind, drift }) => [kind, drift === null ? 'new' : drift.toFixed(4)])
    return context.answer(
      { command: 'models drift', name, version, against, id, found: own },
      title + columns(lines, [true, false]),
    )
  }
  const summaries = tables.map(({ kind, drift, ids }) => ({
    kind,
    ...summarizeDrift(drift, (row) => ids[row]),
  }))
  const lines = summaries.map(({ kind, shared, mean, median, p95 }) => [
    kind,
    String(shared),
    ...[mean, median, p95].map((value) => (value === null ? 'n/a' : value.toFixed(4))),
  ])
  const most = summaries.flatMap(({ kind, most }) =>
    most.length === 0
      ? []
      : [`\n${kind[0].toUpperCase()}${kind.slice(1)} that moved most:\n`, mostText(most.slice(0, flags.top))],
  )
  const figures = columns(
    [['', 'shared', 'mean', 'median', '95 %'], ...lines],
    [true, false, false, false, false],
  )
  return context.answer(
    {
      command: 'models drift',
      name,
      version,
      against,
      ...Object.fromEntries(summaries.map(({ kind, ...summary }) => [kind, summary])),
    },
    [title, figures, ...most].join(''),
  )
}

function mostText(most: DriftSummary['most']): string {
  return columns(
    most.map(({ id, drift }) => [id, drift.toFixed(4)]),
    [true, false],
    '  ',
  )
}

async function rollback(context: Context, name: string, flags: ModelsFlags): Promise<Output> {
  const done = await (await openWorkspace(flags.workspace)).rollback(name, flags.to)
  return context.answer(
    { command: 'models rollback', ...done },
    `Version ${done.version} of ${name} is in service.\n`,
  )
}

async function remove(context: Context, name: string, flags: ModelsFlags): Promise<Output> {
  const workspace = await openWorkspace(flags.workspace)
  const { versions } = await workspace.showModel(name)
  await workspace.deleteModel(name, flags.version)
  const gone = flags.version === undefined ? versions.map(({ version }) => version) : [flags.version]
  const text =
    flags.version === undefined
      ? `Deleted ${name} with ${counted(gone.length, 'version')}.\n`
      : `Deleted version ${gone[0]} of ${name}.\n`
  return context.answer({ command: 'models delete', name, deleted: gone }, text)
}

function problems(models: readonly { readonly name: string; readonly problem?: string }[]): string {
  return models
    .flatMap(({ name, problem }) => (problem === undefined ? [] : [`! ${name}: ${problem}\n`]))
    .join('')
}

function metric(metrics: Readonly<Record<string, number>>): string {
  const value = metrics['ndcg@20']
  return value === undefined ? '' : value.toFixed(4)
}
