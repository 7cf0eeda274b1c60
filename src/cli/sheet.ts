/** A report with what a person needs beside its numbers: what ran, warnings, extra tables; as text, Markdown and JSON. */
import type { ReportSettings, Reportable } from '../evaluate/report.ts'
import { reportJson, reportMarkdown, reportText } from '../evaluate/report.ts'
import { markdownText, type Table, tableMarkdown, tableText, wrap } from '../evaluate/table.ts'
import { writeWhole } from './files.ts'

export interface Sheet {
  readonly settings: ReportSettings
  /** Null where nothing was evaluated. */
  readonly report: Reportable | null
  readonly tables?: readonly Table[]
  /** What ran: data, time, memory. */
  readonly facts: readonly string[]
  readonly warnings: readonly string[]
}

export interface ReportFiles {
  readonly reportJson?: string
  readonly reportMd?: string
}

const WIDTH = 100

export function sheetText({ settings, report, tables = [], facts, warnings }: Sheet): string {
  const head = report
    ? reportText(report, settings)
    : `${settings.title}\n${'═'.repeat(Math.min(WIDTH, settings.title.length))}\nSplit: ${settings.split}\n`
  const lines = (list: readonly string[], mark: string): string =>
    list.map((line) => wrap(`${mark}${line}`, WIDTH, '  ')).join('\n')
  const parts = [
    head.trimEnd(),
    ...tables.map((table) => tableText(table, WIDTH)),
    lines(warnings, '! '),
    lines(facts, ''),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function sheetMarkdown({ settings, report, tables = [], facts, warnings }: Sheet): string {
  const head = report
    ? reportMarkdown(report, settings).trimEnd()
    : `## ${markdownText(settings.title)}\n\n- Split: ${markdownText(settings.split)}`
  const list = [...facts, ...warnings.map((warning) => `Warning: ${warning}`)]
    .map((line) => `- ${markdownText(line)}`)
    .join('\n')
  return `${[head, ...tables.map(tableMarkdown), list].filter((part) => part !== '').join('\n\n')}\n`
}

export function reportValue({
  settings,
  report,
}: Pick<Sheet, 'settings' | 'report'>): Record<string, unknown> | null {
  return report && reportJson(report, settings)
}

/** Writes the files that --report-json and --report-md name. */
export async function writeReports(files: ReportFiles, sheet: Sheet, value: unknown): Promise<void> {
  if (files.reportJson !== undefined)
    await writeWhole(files.reportJson, `${JSON.stringify(value, undefined, 2)}\n`)
  if (files.reportMd !== undefined) await writeWhole(files.reportMd, sheetMarkdown(sheet))
}
