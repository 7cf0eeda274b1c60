/** A reproduced table for people, and as JSON: ours beside the paper's, in percent. */
import { spread, type Spread } from '../seeds.ts'
import { decimal } from '../numbers.ts'
import { tableMarkdown, tableText, wrap, type Table } from '../table.ts'
import { tableMeasures, type TableMeasure, type TableSet } from './definition.ts'
import type { Reproduction, TableCell } from './reproduce.ts'

const titles: Readonly<Record<TableMeasure, string>> = { acc: 'ACC', nmi: 'NMI', ari: 'ARI', f1: 'F1' }

interface Summary {
  readonly finished: number
  readonly failed: number
  /** In percent; null without a finished run. */
  readonly final: Readonly<Record<TableMeasure, Spread>> | null
  readonly oracle: Readonly<Record<TableMeasure, Spread>> | null
  readonly seconds: Spread | null
  /** Of the final labels on the graph; null without one. */
  readonly modularity: Spread | null
}

/** Failed runs count as such, not as scores. */
function summarize({ runs }: TableCell): Summary {
  const done = runs.filter((run) => run.final !== null)
  const over = (of: 'final' | 'oracle'): Summary['final'] => {
    const scores = done.map((run) => run[of]).filter((each) => each !== null)
    if (scores.length === 0 || scores.length < done.length) return null
    return Object.fromEntries(
      tableMeasures.map((measure) => [measure, spread(scores.map((each) => each[measure] * 100))]),
    ) as Record<TableMeasure, Spread>
  }
  return {
    finished: done.length,
    failed: runs.length - done.length,
    final: over('final'),
    oracle: over('oracle'),
    seconds: done.length === 0 ? null : spread(done.map((run) => run.seconds)),
    modularity: spreadOf(done.map((run) => run.modularity)),
  }
}

/** Null unless every run has a figure. */
function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 || known.length < values.length ? null : spread(known)
}

const NONE = '–'

function meanAndStd({ mean, std }: Spread): string {
  return Number.isNaN(std) ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}

function tablesOf({ cells, oracle, seeds }: Reproduction): Table[] {
  const sets = [...new Set(cells.map((cell) => cell.set))]
  return sets.map((set) => {
    const header = [
      'method',
      ...tableMeasures.flatMap((measure) => [titles[measure], 'paper']),
      'ACC min–max',
      ...(oracle ? ['oracle ACC'] : []),
      ...(set.hasGraph ? ['modularity'] : []),
      'seeds',
      'CPU s/run',
    ]
    const rows = cells
      .filter((cell) => cell.set === set)
      .map((cell) => {
        const { final, oracle: best, finished, failed, seconds, modularity } = summarize(cell)
        return [
          cell.row.title,
          ...tableMeasures.flatMap((measure) => [
            final ? meanAndStd(final[measure]) : NONE,
            cell.row.published[set.name]?.[measure]?.toFixed(2) ?? NONE,
          ]),
          final ? `${final.acc.min.toFixed(2)}–${final.acc.max.toFixed(2)}` : NONE,
          ...(oracle ? [best ? meanAndStd(best.acc) : NONE] : []),
          ...(set.hasGraph ? [modularity ? decimal(modularity.mean) : NONE] : []),
          `${finished === seeds.length ? '' : `${finished} of `}${seeds.length}${failed > 0 ? `, ${failed} failed` : ''}`,
          seconds ? decimal(seconds.mean) : NONE,
        ]
      })
    return { title: set.title, header, rows }
  })
}

function notesOf({ table, seeds, oracle, cells, leftOut, changed }: Reproduction): string[] {
  const sets = [...new Set(cells.map((cell) => cell.set))]
  const own = [...new Set(cells.map(({ row }) => row))].flatMap(({ title, config }) =>
    config ? [`${title}: ${settings(config)}.`] : [],
  )
  const differ = cells.flatMap(({ row, set }) => {
    const here = row.perSet?.[set.name]
    return here ? [`${row.title} on ${set.title}: ${settings(here.config)}, since ${here.reason}.`] : []
  })
  return [
    `Paper: ${table.source}.`,
    `Ours: mean ± standard deviation (n − 1) over the seeds ${seeds.join(', ')}, the same for every method; the final state of each run, with pre-training inside it. ` +
      'No label is seen in training. In percent. ACC and macro-F1 after a Hungarian assignment, NMI with the arithmetic mean of the entropies.',
    ...(oracle
      ? [
          'oracle ACC: of the epoch that the labels show to be best, which no one without labels can choose; beside the result, never in its place.',
        ]
      : []),
    ...(sets.some((set) => set.hasGraph)
      ? [
          'modularity: of the final labels on the graph; it needs no labels. CPU s/run: seconds of the processor, all threads, the pre-training included also where it was shared.',
        ]
      : [
          'CPU s/run: seconds of the processor, all threads, the pre-training included also where it was shared.',
        ]),
    ...sets.map((set: TableSet) => `${set.title}: ${set.recipe}; K = ${set.clusters} is given.`),
    'Each method has one configuration for all data sets, its defaults, but for what follows.',
    ...own,
    ...differ,
    ...changed.map((text) => `Changed for this report: ${text}.`),
    ...leftOut,
    ...table.notes,
  ]
}

function settings(config: Readonly<Record<string, unknown>>): string {
  return Object.entries(config)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
}

export function reproductionText(reproduction: Reproduction, width = 100): string {
  const tables = tablesOf(reproduction).map((table) => tableText(table, width))
  const notes = notesOf(reproduction).map((note) => wrap(`- ${note}`, width, '  '))
  return `${[reproduction.table.title, ...tables, notes.join('\n')].join('\n\n')}\n`
}

export function reproductionMarkdown(reproduction: Reproduction): string {
  const tables = tablesOf(reproduction).map(tableMarkdown)
  const notes = notesOf(reproduction).map((note) => `- ${note}`)
  return `${[`# ${reproduction.table.title}`, ...tables, notes.join('\n')].join('\n\n')}\n`
}

/** Everything: each run, the summaries, the published figures, the notes. */
export function reproductionJson(reproduction: Reproduction): Record<string, unknown> {
  const { table, seeds, cells } = reproduction
  return {
    table: table.name,
    title: table.title,
    source: table.source,
    seeds,
    cells: cells.map((cell) => ({
      set: cell.set.name,
      method: cell.row.method,
      config: cell.config,
      published: cell.row.published[cell.set.name] ?? null,
      ...summarize(cell),
      runs: cell.runs.map(({ key: _key, set: _set, method: _method, config: _config, ...run }) => run),
    })),
    notes: notesOf(reproduction),
  }
}
