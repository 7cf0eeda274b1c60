/** Reports of evaluations, comparisons and seed summaries: for a terminal, as Markdown, as JSON. */
import type { Outline, Reportable } from './outline.ts'
import { outline } from './outline.ts'
import { markdownText, oneLine, tableMarkdown, tableText, wrap } from './table.ts'

export type { Reportable } from './outline.ts'

export interface ReportSettings {
  /** What was evaluated: a model, a data set. */
  readonly title: string
  /** How train and test came about. */
  readonly split: string
  /** Of training and splitting. */
  readonly seeds: readonly number[]
}

/** Goes up when a field of the JSON report changes its meaning or goes away. */
const REPORT_FORMAT = 1
const WIDTH = 100

/** For a terminal of 100 columns; numbers to four digits. */
export function reportText(report: Reportable, settings: ReportSettings): string {
  const { facts, tables, notes } = outline(report)
  const title = oneLine(settings.title)
  const head = [title, '═'.repeat(Math.min(WIDTH, [...title].length)), ...factLines(facts, settings)]
  return (
    [
      head.map((line) => wrap(line, WIDTH, '  ')).join('\n'),
      ...tables.map((table) => tableText(table, WIDTH)),
      notes.map((note) => wrap(`· ${note}`, WIDTH, '  ')).join('\n'),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  )
}

/** Numbers to four digits. */
export function reportMarkdown(report: Reportable, settings: ReportSettings): string {
  const { facts, tables, notes } = outline(report)
  const list = (lines: readonly string[]): string => lines.map((line) => `- ${markdownText(line)}`).join('\n')
  return (
    [
      `## ${markdownText(settings.title)}`,
      list(factLines(facts, settings)),
      ...tables.map(tableMarkdown),
      list(notes),
    ].join('\n\n') + '\n'
  )
}

/**
 * Plain data for JSON.stringify: `format`, the settings, and everything in the report but the numbers per user, unrounded.
 * A number that is undefined (NaN) is null.
 */
export function reportJson(report: Reportable, settings: ReportSettings): Record<string, unknown> {
  const { title, split, seeds } = settings
  const body = Object.fromEntries(
    Object.entries(report).filter(([key]) => key !== 'perUser' && key !== 'users' && key !== 'k'),
  )
  const k = 'k' in report ? { k: report.k } : {}
  return plain({ format: REPORT_FORMAT, settings: { title, split, seeds, ...k }, ...body }) as Record<
    string,
    unknown
  >
}

function factLines(facts: Outline['facts'], settings: ReportSettings): string[] {
  const seeds = `${settings.seeds.length === 1 ? 'Seed' : 'Seeds'}: ${settings.seeds.join(', ') || 'none'}`
  return [`Split: ${oneLine(settings.split)}`, seeds, ...facts]
}

function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
