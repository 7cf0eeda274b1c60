/** `homophily features <source...>`: what a table's columns become as numbers, and the numbers. */
import type { Command } from 'commander'
import { readTable } from '../../data/read-table.ts'
import { applyFeatures, type Features } from '../../data/features/apply.ts'
import { describePlan, fitFeatures, parsePlan, type FeaturePlan } from '../../data/features/plan.ts'
import { parseFeature } from '../../data/features/spec.ts'
import { missingMarks } from '../../data/features/cells.ts'
import { npyHeader } from '../../data/npy.ts'
import { formats, type Format } from '../../data/source.ts'
import { wrap, tableText } from '../../evaluate/table.ts'
import { Matrix } from '../../tensor/matrix.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { readJson } from '../../workspace/json.ts'
import { fail } from '../../errors.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, writePieces, writeWhole } from '../files.ts'
import { choiceFlag, collect, commonFlags, given, wholeNumber, words } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { counted } from '../text.ts'

interface FeatureFlags extends CommonOptions {
  readonly feature?: string[]
  readonly missing?: string[]
  readonly layout?: 'dense' | 'sparse'
  readonly seed: number
  readonly format?: Format
  readonly plan?: string
  readonly absent?: 'fail' | 'unknown'
  readonly savePlan?: string
  readonly out?: string
}

const help = `
Kinds of features, for --feature:
  age=number  age=number(robust|minmax|log|none)   scaled to the rows of the table
  age=buckets(5)                                   a column for each range of about equally many rows
  gender=category  gender=category(50)             a column each; values of fewer rows share one
  tags=multi(|)  tags=multi(|,50)                  several values in a cell, the same way
  city=hash(1024)  cities=hash(1024,|)             spread over so many columns by a signed hash
  bio=tfidf  bio=tfidf(500)                        the most frequent words of a text
  joined=date  joined=date(cyclic)                 a number; also its place in the year, week and day
  user=id  note=skip                               names of the rows; nothing
`

export function addFeatures(program: Command, shell: Shell): void {
  const command = program
    .command('features')
    .description('turn a table of users or items into numbers: show what each column becomes, and write them')
    .argument(
      '<source...>',
      'files or globs of one table: CSV, TSV, JSON Lines, Parquet; - is standard input',
    )
    .option('--feature <column=kind>', 'what a column becomes (may come several times)', collect)
    .option('--missing <list>', `texts that mean "not known" (default: ${missingMarks.join(',')})`, words)
    .addOption(
      choiceFlag('--layout <kind>', 'dense or sparse (default: by how many numbers are zero)', [
        'dense',
        'sparse',
      ]),
    )
    .option('--seed <number>', 'seed of the hash', wholeNumber, 1)
    .addOption(choiceFlag('--format <name>', 'the format of the files', formats))
    .option('--plan <file>', 'take this plan instead of fitting one: the same columns for new rows')
    .addOption(
      choiceFlag(
        '--absent <rule>',
        'what to do about a column of the plan that the table lacks (default: fail)',
        ['fail', 'unknown'],
      ),
    )
    .option('--save-plan <file>', 'write the plan as JSON')
    .option(
      '--out <file>',
      'write the numbers: .npy where they are dense, .csv of row,column,value where sparse',
    )
    .addHelpText('after', help)
  commonFlags(command).action((sources: string[], options: FeatureFlags) =>
    shell.run(options, (context) => features(context, sources, options)),
  )
}

async function features(context: Context, sources: readonly string[], flags: FeatureFlags): Promise<Output> {
  await checkTargets(flags.savePlan, flags.out)
  const { table, report } = await context.untilInterrupted(() =>
    readTable(sources, given({ format: flags.format })),
  )
  const plan =
    flags.plan === undefined ? fitFeatures(table, fitOptions(flags)) : await loadPlan(flags.plan, flags)
  const result = applyFeatures(plan, table, given({ absent: flags.absent }))
  const { matrix } = result
  checkOut(flags.out, matrix)
  if (flags.savePlan !== undefined)
    await writeWhole(flags.savePlan, `${JSON.stringify(plan, undefined, 2)}\n`)
  if (flags.out !== undefined)
    await writePieces(flags.out, matrix instanceof Matrix ? npyPieces(matrix) : triples(matrix))
  const lines = describePlan(plan)
  const remarks = remarksOf(result)
  const value = {
    command: 'features',
    files: report.files,
    rows: matrix.rows,
    columns: matrix.cols,
    layout: plan.layout,
    features: lines,
    names: result.names,
    remarks,
  }
  const text = tableText(
    {
      title: `${counted(matrix.rows, 'row')} become ${counted(matrix.cols, 'column')}, ${plan.layout}`,
      header: ['column', 'feature', 'columns'],
      rows: lines.map(({ column, feature, width }) => [column, feature, String(width)]),
    },
    100,
  )
  const reasons = lines.map(({ column, reason, detail }) =>
    wrap(`${column}: ${[reason, detail].filter(Boolean).join('; ')}`, 100, '  '),
  )
  return context.answer(
    value,
    `${[text, reasons.join('\n'), ...remarks.map((each) => wrap(`! ${each}`, 100, '  '))].join('\n\n')}\n`,
  )
}

function fitOptions(flags: FeatureFlags): Parameters<typeof fitFeatures>[1] {
  const asked = (flags.feature ?? []).map(parseFeature)
  const twice = asked.find(({ column }, i) => asked.findIndex((each) => each.column === column) !== i)
  if (twice)
    throw fail('ARGUMENT', { what: '--feature', expected: 'each column once', got: `${twice.column} twice` })
  return {
    features: Object.fromEntries(asked.map(({ column, spec }) => [column, spec])),
    ...given({ missing: flags.missing, layout: flags.layout }),
    seed: flags.seed,
  }
}

async function loadPlan(file: string, flags: FeatureFlags): Promise<FeaturePlan> {
  if (flags.feature || flags.missing || flags.layout)
    throw fail('ARGUMENT', {
      what: '--plan',
      expected: 'no --feature, --missing or --layout beside it: the plan says them',
      got: 'both',
    })
  const json = await readJson(file, 'Name the plan that --save-plan wrote.')
  if (json === undefined)
    throw fail('MISSING', { what: `There is no file ${file}`, todo: 'Name the plan that --save-plan wrote.' })
  return parsePlan(json, file)
}

function remarksOf({ columns, ignored, absent }: Features): string[] {
  const unseen = columns.filter((each) => each.unseen > 0)
  return [
    ...(absent.length > 0 ? [`The table lacks ${absent.join(', ')}: their values count as unknown.`] : []),
    ...(ignored.length > 0 ? [`The plan does not use ${ignored.join(', ')}.`] : []),
    ...unseen.map(
      ({ column, unseen: rows }) =>
        `${column}: ${counted(rows, 'row')} with values that have no column of their own.`,
    ),
  ]
}

/** Before anything is written. */
function checkOut(file: string | undefined, matrix: Matrix | Sparse): void {
  const wanted = matrix instanceof Matrix ? '.npy' : '.csv'
  if (file === undefined || file.endsWith(wanted)) return
  throw fail('ARGUMENT', {
    what: '--out',
    expected: `a name ending in ${wanted}, or another --layout`,
    got: file,
  })
}

function* npyPieces({ rows, cols, data }: Matrix): Generator<Uint8Array> {
  yield npyHeader(rows, cols)
  // Copies: a file is not written from the shared memory of the kernels.
  for (let from = 0; from < data.length; from += 1 << 18)
    yield new Uint8Array(data.slice(from, from + (1 << 18)).buffer)
}

function* triples(matrix: Sparse): Generator<string> {
  yield 'row,column,value\n'
  for (let r = 0; r < matrix.rows; r++) {
    let text = ''
    for (let e = matrix.indptr[r]; e < matrix.indptr[r + 1]; e++)
      text += `${r},${matrix.indices[e]},${matrix.values?.[e] ?? 1}\n`
    yield text
  }
}
