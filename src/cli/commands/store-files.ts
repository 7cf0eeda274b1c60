/** `homophily import events|users|items|relations <file>` and `homophily export … <file>`: the store of a service, as files. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type RowFormat, rowFormatOf, rowFormats } from '../../data/rows.ts'
import { resolveSources } from '../../data/source.ts'
import { fail } from '../../errors.ts'
import { replaceByPath } from '../../workspace/atomic.ts'
import { exportFile, type ExportFormat, exportFormats } from '../../workspace/files/export.ts'
import { importFile, type ImportReport } from '../../workspace/files/import.ts'
import { type FileKind, fileKinds, type MappingInput } from '../../workspace/files/mapping.ts'
import { storePath } from '../../workspace/store/database.ts'
import { openStore } from '../../workspace/store/store.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets } from '../files.ts'
import { choiceFlag, collect, commonFlags, given, share, words, workspaceFlag } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { counted } from '../text.ts'

interface StoreFlags extends CommonOptions {
  readonly workspace: string
  readonly database?: string
}
interface ExportFlags extends StoreFlags {
  readonly format?: ExportFormat
}
interface ImportFlags extends StoreFlags {
  readonly format?: RowFormat
  readonly delimiter?: string
  readonly map?: string[]
  readonly attributes?: string[]
  readonly types?: string[]
  readonly type?: string
  readonly maxBadRows?: number
  readonly dryRun?: boolean
}

export function addStoreImports(parent: Command, shell: Shell): void {
  for (const kind of fileKinds) {
    const command = parent
      .command(kind)
      .description(`store a file of ${kind} where a service finds them`)
      .argument('<file>', 'CSV, TSV, JSON Lines or Parquet')
      .option('--map <field=column>', 'which column a field is in (repeatable)', collect)
    if (kind === 'users' || kind === 'items') {
      command
        .option('--attributes <list>', 'columns to keep (default: all)', words)
        .option('--types <list>', 'what attributes are, such as zip=text,tags=list', words)
    } else command.option('--type <word>', `what the ${kind} are, where no column says it`)
    storeFlags(command)
      .addOption(choiceFlag('--format <format>', 'of the file (default: by its name)', rowFormats))
      .option('--delimiter <character>', 'of CSV files (default: found out)')
      .option('--max-bad-rows <share>', 'share of rows to leave out as bad (default: 0)', share)
      .option('--dry-run', 'check only')
      .action((file: string, flags: ImportFlags) =>
        shell.run(flags, (context) => importRows(context, kind, file, flags)),
      )
  }
}

export function addStoreExports(parent: Command, shell: Shell): void {
  for (const kind of fileKinds) {
    storeFlags(parent.command(kind).description(`write the ${kind} of a service to a file`))
      .argument('<file>', '.csv, .jsonl or .parquet')
      .addOption(choiceFlag('--format <format>', 'of the file (default: by its name)', exportFormats))
      .action((file: string, flags: ExportFlags) =>
        shell.run(flags, (context) => exportRows(context, kind, file, flags)),
      )
  }
}

function storeFlags(command: Command): Command {
  return commonFlags(workspaceFlag(command)).option(
    '--database <url>',
    'postgres:// URL (default: SQLite in the workspace)',
  )
}

async function importRows(
  context: Context,
  kind: FileKind,
  file: string,
  flags: ImportFlags,
): Promise<Output> {
  // Says what is wrong with the path, as for every file.
  const [{ file: path }] = resolveSources(file, flags.format ?? rowFormatOf(file))
  const source = { path, name: file, format: flags.format ?? rowFormatOf(file), delimiter: flags.delimiter }
  const store = await openStore(storePath(flags.workspace, flags.database))
  try {
    context.interrupted = 'interrupted; import the same file again to store the rest, nothing is stored twice'
    const report = await importFile(store, {
      source,
      kind,
      mapping: mappingOf(kind, flags),
      now: Date.now,
      ...context.runOptions,
      ...given({ maxBadRows: flags.maxBadRows, dryRun: flags.dryRun }),
    })
    if (report.refused) throw refusal(file, report, flags)
    return context.answer({ command: `import ${kind}`, file, ...report }, reportText(file, report))
  } finally {
    await store.close()
  }
}

function mappingOf(kind: FileKind, { map = [], attributes, types = [], type }: ImportFlags): MappingInput {
  const pairs = (list: readonly string[], flag: string): Record<string, string> =>
    Object.fromEntries(
      list.map((text) => {
        const at = text.indexOf('=')
        if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)]
        throw fail('ARGUMENT', { what: flag, expected: 'a name, = and a value', got: text })
      }),
    )
  const word = type === undefined ? {} : kind === 'events' ? { type } : { kind: type }
  return {
    columns: pairs(map, '--map'),
    types: pairs(types, '--types') as NonNullable<MappingInput['types']>,
    ...given({ attributes }),
    ...word,
  }
}

function refusal(
  file: string,
  { rejected, rows, problems }: ImportReport,
  { maxBadRows = 0 }: ImportFlags,
): Error {
  const lines = problems.slice(0, 10).map(({ line, detail }) => `\n  line ${line}: ${detail}`)
  return fail('DATA', {
    file,
    expected: `at most a share of ${maxBadRows} bad rows (--max-bad-rows)`,
    got: `${rejected} of ${counted(rows, 'row')}; nothing was stored${lines.join('')}`,
  })
}

function reportText(file: string, report: ImportReport): string {
  const { kind, rows, stored, duplicates, rejected, problems, dryRun, mapping } = report
  const fields = Object.entries(mapping.columns).map(([field, column]) => `${field} from ${column}`)
  const left = rejected > 0 ? `, ${rejected} left out` : ''
  const done = dryRun
    ? `${counted(rows - rejected, 'row')} can be stored${left}; nothing was (--dry-run)`
    : `${stored} of ${counted(rows, 'row')} stored as ${kind}${duplicates > 0 ? `, ${duplicates} were there` : ''}${left}`
  const lines = problems.slice(0, 10).map(({ line, detail }) => `  line ${line}: ${detail}\n`)
  return `${file}: ${done}.\nRead: ${fields.join(', ')}.\n${lines.join('')}`
}

async function exportRows(
  context: Context,
  kind: FileKind,
  file: string,
  flags: ExportFlags,
): Promise<Output> {
  const format = flags.format ?? exportFormatOf(file)
  await checkTargets(file)
  const store = await openStore(storePath(flags.workspace, flags.database))
  try {
    await replaceByPath(resolve(file), (path) => exportFile(store, kind, format, path))
    return context.answer(
      { command: `export ${kind}`, file, format },
      `${kind} written to ${file} (${format}).\n`,
    )
  } finally {
    await store.close()
  }
}

function exportFormatOf(file: string): ExportFormat {
  const format = rowFormatOf(file)
  if (format !== 'tsv') return format
  throw fail('DATA', { file, expected: 'a name ending in .csv, .jsonl or .parquet', got: 'TSV' })
}
