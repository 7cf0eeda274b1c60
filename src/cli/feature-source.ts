/** Tables of mixed columns as the numbers of a matrix: the flags that say how, and the reading. */
import type { Command } from 'commander'
import { applyFeatures, type Features } from '../data/features/apply.ts'
import { missingMarks } from '../data/features/cells.ts'
import { fitFeatures, parsePlan, type FeaturePlan, type FitOptions } from '../data/features/plan.ts'
import { parseFeature } from '../data/features/spec.ts'
import { readTable } from '../data/read-table.ts'
import type { Format } from '../data/source.ts'
import { fail } from '../errors.ts'
import { readJson } from '../workspace/json.ts'
import type { Context } from './context.ts'
import { choiceFlag, collect, given, words } from './flags.ts'
import { counted } from './text.ts'

export interface FeatureFlags {
  readonly feature?: string[]
  readonly missing?: string[]
  readonly layout?: 'dense' | 'sparse'
  readonly plan?: string
  readonly absent?: 'fail' | 'unknown'
}

export const featureHelp = `
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

export function featureFlags(command: Command): Command {
  return command
    .option('--feature <column=kind>', 'what a column becomes (may come several times)', collect)
    .option('--missing <list>', `texts that mean "not known" (default: ${missingMarks.join(',')})`, words)
    .addOption(
      choiceFlag('--layout <kind>', 'dense or sparse (default: by how many numbers are zero)', [
        'dense',
        'sparse',
      ]),
    )
    .option('--plan <file>', 'take this plan instead of fitting one: the same columns for new rows')
    .addOption(
      choiceFlag(
        '--absent <rule>',
        'what to do about a column of the plan that the table lacks (default: fail)',
        ['fail', 'unknown'],
      ),
    )
}

export interface FeatureSource {
  readonly plan: FeaturePlan
  readonly features: Features
  readonly files: readonly string[]
  /** What a person should know of the rows. */
  readonly remarks: readonly string[]
}

/** Reads files of one table and encodes its rows by the plan that is named, or by one that is fitted on them. `seed`: of the hash. */
export async function readFeatures(
  context: Context,
  sources: string | readonly string[],
  flags: FeatureFlags,
  {
    seed,
    format,
    fixed = null,
  }: {
    readonly seed: number
    readonly format?: Format | undefined
    /** A plan that is there already, such as that of a saved model. */
    readonly fixed?: FeaturePlan | null
  },
): Promise<FeatureSource> {
  if (fixed) refuseOwn(flags, 'the plan of the model')
  const named = flags.plan === undefined ? fixed : await loadPlan(flags.plan, flags)
  const options = fitOptions(flags, seed)
  const { table, report } = await context.untilInterrupted(() => readTable(sources, given({ format })))
  const plan = named ?? fitFeatures(table, options)
  const features = applyFeatures(plan, table, given({ absent: flags.absent }))
  return { plan, features, files: report.files, remarks: remarksOf(features) }
}

/** How a plan is fitted, by the flags. */
export function fitOptions(flags: FeatureFlags, seed: number): FitOptions {
  const asked = (flags.feature ?? []).map(parseFeature)
  const twice = asked.find(({ column }, i) => asked.findIndex((each) => each.column === column) !== i)
  if (twice)
    throw fail('ARGUMENT', { what: '--feature', expected: 'each column once', got: `${twice.column} twice` })
  return {
    features: Object.fromEntries(asked.map(({ column, spec }) => [column, spec])),
    ...given({ missing: flags.missing, layout: flags.layout }),
    seed,
  }
}

/** With a plan there is nothing left to say. */
function refuseOwn(flags: FeatureFlags, what: string): void {
  if (!flags.feature && !flags.missing && !flags.layout) return
  throw fail('ARGUMENT', {
    what,
    expected: 'no --feature, --missing or --layout beside it: the plan says them',
    got: 'both',
  })
}

async function loadPlan(file: string, flags: FeatureFlags): Promise<FeaturePlan> {
  refuseOwn(flags, '--plan')
  const json = await readJson(file, 'Name the plan that --save-plan wrote.')
  if (json === undefined)
    throw fail('MISSING', { what: `There is no file ${file}`, todo: 'Name the plan that --save-plan wrote.' })
  return parsePlan(json, file)
}

/** What a person should know of how rows were encoded. */
export function remarksOf({ columns, ignored, absent }: Omit<Features, 'matrix'>): string[] {
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
