/** `homophily assign <model> <source>`: the clusters of rows that a saved clustering was not fitted on. */
import type { Command } from 'commander'
import { readMatrix } from '../../data/read-matrix.ts'
import { readTable } from '../../data/read-table.ts'
import { fail } from '../../errors.ts'
import { clusterSizes } from '../../metrics/clustering.ts'
import { loadClustering } from '../../workspace/clusterings.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { remarksOf } from '../feature-source.ts'
import { checkTargets, writePieces } from '../files.ts'
import { choiceFlag, commonFlags, given, versionFlag, workspaceFlag } from '../flags.ts'
import { labelLines } from '../label-lines.ts'
import type { Shell } from '../shell.ts'
import { counted } from '../text.ts'

interface AssignFlags extends CommonOptions {
  readonly workspace: string
  readonly version?: number
  readonly absent?: 'fail' | 'unknown'
  readonly out?: string
}

export function addAssign(program: Command, shell: Shell): void {
  const command = program
    .command('assign')
    .description('the clusters of new rows, by a saved clustering that can tell them')
    .argument('<model>', 'name of a saved clustering')
    .argument('<source>', 'rows with the columns it was fitted on: numbers, or a table if it was one')
    .addOption(
      choiceFlag('--absent <rule>', 'what to do about a column that a table lacks (default: fail)', [
        'fail',
        'unknown',
      ]),
    )
    .option('--out <file>', 'write the cluster of each row there as CSV, instead of showing it')
  workspaceFlag(versionFlag(command))
  commonFlags(command).action((name: string, source: string, options: AssignFlags) =>
    shell.run(options, (context) => assign(context, name, source, options)),
  )
}

async function assign(context: Context, name: string, source: string, flags: AssignFlags): Promise<Output> {
  await checkTargets(flags.out)
  const model = await loadClustering(await openWorkspace(flags.workspace), name, flags.version)
  const { labels, nodes, remarks } = await assigned(context, model, source, flags)
  const sizes = [...clusterSizes(labels, model.clusters)]
  if (flags.out !== undefined) await writePieces(flags.out, labelLines({ labels, nodes }))
  const value = {
    command: 'assign',
    model: name,
    rows: labels.length,
    sizes,
    remarks,
    ...(flags.out === undefined
      ? { ids: nodes?.ids() ?? null, labels: Array.from(labels) }
      : { out: flags.out }),
  }
  if (flags.out === undefined && !context.json) {
    for (const remark of remarks) context.notice(remark)
    return labelLines({ labels, nodes })
  }
  const lines = sizes.map((size, cluster) => `cluster ${cluster}: ${counted(size, 'row')}`)
  return context.answer(
    value,
    `${[...lines, ...remarks.map((remark) => `! ${remark}`), `Written to ${flags.out}.`].join('\n')}\n`,
  )
}

async function assigned(
  context: Context,
  model: Awaited<ReturnType<typeof loadClustering>>,
  source: string,
  flags: AssignFlags,
) {
  if (model.features) {
    const { table } = await context.untilInterrupted(() => readTable(source))
    const { assignment, encoding } = await model.predictTable(table, {
      ...context.runOptions,
      ...given({ absent: flags.absent }),
    })
    return { labels: assignment.labels, nodes: encoding.ids, remarks: remarksOf(encoding) }
  }
  if (flags.absent !== undefined)
    throw fail('ARGUMENT', { what: '--absent', expected: 'a clustering of a table', got: 'one of numbers' })
  const { matrix } = await context.untilInterrupted(() =>
    readMatrix(source, { columns: model.shape.columns }),
  )
  const { labels } = await model.predict(matrix, context.runOptions)
  return { labels, nodes: null, remarks: [] }
}
