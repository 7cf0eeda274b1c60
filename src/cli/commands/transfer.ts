/** `homophily export <model> <file>` and `homophily import <file>`: vectors; the store of a service is in store-files.ts. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { fail } from '../../errors.ts'
import { alignEmbedding } from '../../workspace/alignment.ts'
import { exportEmbedding, importEmbedding, loadEmbedding, saveEmbedding } from '../../workspace/embedders.ts'
import { checkName } from '../../workspace/names.ts'
import { type VectorFormat, vectorFormatOf, vectorFormats } from '../../workspace/vectors/index.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets } from '../files.ts'
import { choiceFlag, commonFlags, given, versionFlag, workspaceFlag } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { alignmentFact, counted } from '../text.ts'
import { addStoreExports, addStoreImports } from './store-files.ts'

interface TransferFlags extends CommonOptions {
  readonly format?: VectorFormat
  readonly workspace: string
}
interface ExportFlags extends TransferFlags {
  readonly version?: number
}
interface ImportFlags extends TransferFlags {
  readonly name?: string
  readonly ids?: string
}

export function addTransfer(program: Command, shell: Shell): void {
  const leave = program
    .command('export')
    .description('write the vectors of a saved embedding to a file for other tools')
    .argument('<model>', 'name of a saved embedding')
    .argument(
      '<file>',
      '.txt, .vec, .bin (word2vec), .safetensors, .parquet or .npy (with .ids.txt beside it)',
    )
  commonFlags(workspaceFlag(versionFlag(formatFlag(leave)))).action(
    (name: string, file: string, options: ExportFlags) =>
      shell.run(options, (context) => exportModel(context, name, file, options)),
  )
  addStoreExports(leave, shell)
  const come = program
    .command('import')
    .description('save vectors made elsewhere as a model')
    .argument('<file>', 'what `homophily export` writes, or the like from other tools')
    .option('--name <name>', 'name of the model')
    .option('--ids <file>', 'the ids of the rows, one a line, for .npy and .safetensors')
  commonFlags(workspaceFlag(formatFlag(come))).action((file: string, options: ImportFlags) =>
    shell.run(options, (context) => importModel(context, file, options)),
  )
  addStoreImports(come, shell)
}

function formatFlag(command: Command): Command {
  return command.addOption(
    choiceFlag('--format <format>', 'of the file (default: by its name)', vectorFormats),
  )
}

async function exportModel(
  context: Context,
  name: string,
  file: string,
  flags: ExportFlags,
): Promise<Output> {
  const format = flags.format ?? vectorFormatOf(file)
  await checkTargets(file)
  const model = await loadEmbedding(await openWorkspace(flags.workspace), name, flags.version)
  context.check()
  await exportEmbedding(resolve(file), model, format)
  const { nodes, dim } = model
  return context.answer(
    { command: 'export', model: name, file, format, vectors: nodes.size, dim },
    `${counted(nodes.size, 'vector')} of ${counted(dim, 'number')} written to ${file} (${format}).\n`,
  )
}

async function importModel(context: Context, file: string, flags: ImportFlags): Promise<Output> {
  // Not asked of the parser, which would ask it of the commands below, too.
  const name = flags.name ?? ''
  if (name === '') throw fail('ARGUMENT', { what: '--name', expected: 'a name for the model', got: 'none' })
  checkName(name)
  const format = flags.format ?? vectorFormatOf(file)
  const workspace = await openWorkspace(flags.workspace)
  const read = await context.untilInterrupted(() =>
    importEmbedding(file, { format, ...given({ ids: flags.ids }) }),
  )
  context.check()
  const { model, aligned } = await alignEmbedding(workspace, name, read)
  const { nodes, dim } = model
  const saved = await saveEmbedding(workspace, name, model, { data: { sources: [file] }, aligned })
  const fact = aligned ? `${alignmentFact(aligned.record)}\n` : ''
  return context.answer(
    {
      command: 'import',
      model: saved,
      file,
      format,
      vectors: nodes.size,
      dim,
      aligned: aligned?.record ?? null,
    },
    `${counted(nodes.size, 'vector')} of ${counted(dim, 'number')} saved as ${saved.name}, version ${saved.version}.\n${fact}`,
  )
}
