/** `homophily evaluate clusters <model>` */
import type { Command } from 'commander'
import { evaluateClustering } from '../../evaluate/clustering.ts'
import { clusteringOutline } from '../../evaluate/clustering-report.ts'
import { fail } from '../../errors.ts'
import type { ClusterNeed } from '../../models/cluster/family/definition.ts'
import { loadClustering } from '../../workspace/clusterings.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import { type ClusterInputFlags, clusterInputFlags, readClusterInput } from '../cluster-input.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import { commonFlags, reportFlags, versionFlag, workspaceFlag } from '../flags.ts'
import { type ReportFiles, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'

interface EvaluateFlags extends CommonOptions, ClusterInputFlags, ReportFiles {
  readonly workspace: string
  readonly version?: number
}

export function addEvaluateClusters(evaluate: Command, shell: Shell): void {
  const command = evaluate
    .command('clusters')
    .description(
      'evaluate a saved clustering: against true classes, and on the features and graph it came from',
    )
    .argument('<model>', 'name of a saved clustering')
    .argument('[source]', 'the features, or for a graph alone its edges')
  workspaceFlag(versionFlag(command))
  clusterInputFlags(command)
  commonFlags(reportFlags(command)).action(
    (name: string, source: string | undefined, options: EvaluateFlags) =>
      shell.run(options, (context) => run(context, name, source, options)),
  )
}

async function run(
  context: Context,
  name: string,
  source: string | undefined,
  flags: EvaluateFlags,
): Promise<Output> {
  await checkTargets(flags.reportJson, flags.reportMd)
  const model = await loadClustering(await openWorkspace(flags.workspace), name, flags.version)
  context.announceKernels()
  const { rows, columns } = model.shape
  const needs: ClusterNeed[] = columns > 0 ? ['features'] : ['graph']
  const all = { ...flags, rows: flags.rows ?? rows }
  const files = await readClusterInput(context, needs, source, all, model.features)
  if (files.rows !== rows) {
    throw fail('ARGUMENT', {
      what: source ?? 'the source',
      expected: `the ${rows} rows that ${name} has clusters of`,
      got: String(files.rows),
    })
  }
  context.progress.begin(name)
  const result = await evaluateClustering(model, {
    ...context.runOptions,
    input: files.input,
    truth: files.truth,
  })
  context.progress.clear()
  const { tables, notes } = clusteringOutline(result, model)
  const { method, seed, config } = model.origin
  const sheet = {
    settings: {
      title: `${name}${source === undefined ? '' : ` on ${source}`}`,
      split: 'none: all rows are clustered',
      seeds: [seed],
    },
    report: null,
    tables,
    facts: [...notes, ...files.facts, `Clustering ${name}: method ${method}; ${kernelsInUse()}.`],
    warnings: context.warnings,
  }
  const value = {
    command: 'evaluate clusters',
    model: name,
    method,
    config,
    seed,
    facts: model.facts,
    stability: model.stability,
    evaluation: result,
    kernels: kernelsInUse(),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}
