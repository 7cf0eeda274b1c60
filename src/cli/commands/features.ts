/** `homophily features <source...>`: what a table's columns become as numbers, and the numbers. */
import type { Command } from 'commander'
import { describePlan } from '../../data/features/plan.ts'
import { npyHeader } from '../../data/npy.ts'
import { formats, type Format } from '../../data/source.ts'
import { wrap, tableText } from '../../evaluate/table.ts'
import { Matrix } from '../../tensor/matrix.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { fail } from '../../errors.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { type FeatureFlags, featureFlags, featureHelp, readFeatures } from '../feature-source.ts'
import { checkTargets, writePieces, writeWhole } from '../files.ts'
import { choiceFlag, commonFlags, wholeNumber } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { counted } from '../text.ts'

interface Flags extends CommonOptions, FeatureFlags {
  readonly seed: number
  readonly format?: Format
  readonly savePlan?: string
  readonly out?: string
}

export function addFeatures(program: Command, shell: Shell): void {
  const command = program
    .command('features')
    .description('turn a table of users or items into numbers: show what each column becomes, and write them')
    .argument(
      '<source...>',
      'files or globs of one table: CSV, TSV, JSON Lines, Parquet; - is standard input',
    )
    .option('--seed <number>', 'seed of the hash', wholeNumber, 1)
    .addOption(choiceFlag('--format <name>', 'the format of the files', formats))
    .option('--save-plan <file>', 'write the plan as JSON')
    .option(
      '--out <file>',
      'write the numbers: .npy where they are dense, .csv of row,column,value where sparse',
    )
    .addHelpText('after', featureHelp)
  commonFlags(featureFlags(command)).action((sources: string[], options: Flags) =>
    shell.run(options, (context) => features(context, sources, options)),
  )
}

async function features(context: Context, sources: readonly string[], flags: Flags): Promise<Output> {
  await checkTargets(flags.savePlan, flags.out)
  const { seed, format } = flags
  const {
    plan,
    features: result,
    files,
    remarks,
  } = await readFeatures(context, sources, flags, { seed, format })
  const { matrix } = result
  checkOut(flags.out, matrix)
  if (flags.savePlan !== undefined)
    await writeWhole(flags.savePlan, `${JSON.stringify(plan, undefined, 2)}\n`)
  if (flags.out !== undefined)
    await writePieces(flags.out, matrix instanceof Matrix ? npyPieces(matrix) : triples(matrix))
  const lines = describePlan(plan)
  const value = {
    command: 'features',
    files,
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
