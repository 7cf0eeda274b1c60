/** Plain tables: the first column to the left, numbers to the right. */

export interface Table {
  readonly title: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const GAP = '  '

/** Aligned columns; a table wider than `width` goes on below with its first column repeated. */
export function tableText(table: Table, width: number): string {
  const cells = [table.header, ...table.rows].map((row) => [shorten(row[0]), ...row.slice(1)])
  const widths = table.header.map((_, c) => Math.max(...cells.map((row) => [...row[c]].length)))
  const parts: number[][] = []
  let used = 0
  for (let c = 1; c < widths.length; c++) {
    if (parts.length === 0 || used + GAP.length + widths[c] > width) {
      parts.push([])
      used = widths[0]
    }
    parts[parts.length - 1].push(c)
    used += GAP.length + widths[c]
  }
  const blocks = parts.map((columns) => {
    const lines = cells.map((row) =>
      [pad(row[0], widths[0], false), ...columns.map((c) => pad(row[c], widths[c], true))]
        .join(GAP)
        .trimEnd(),
    )
    const rule = '─'.repeat(widths[0] + columns.reduce((sum, c) => sum + GAP.length + widths[c], 0))
    return [lines[0], rule, ...lines.slice(1)].join('\n')
  })
  return [table.title, ...blocks].join('\n\n')
}

export function tableMarkdown(table: Table): string {
  const line = (row: readonly string[]): string => `| ${row.map(markdownCell).join(' | ')} |`
  const align = `| ${table.header.map((_, c) => (c === 0 ? '---' : '---:')).join(' | ')} |`
  return [`**${markdownText(table.title)}**`, '', line(table.header), align, ...table.rows.map(line)].join(
    '\n',
  )
}

/** Breaks at spaces so that no line is wider than `width`, where its words allow; following lines are indented. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}

/** A name on one line; control characters and line breaks would break the layout. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

/** Text with what Markdown would take as markup escaped. */
export function markdownText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>#|]/g, '\\$&')
}

function markdownCell(text: string): string {
  return markdownText(text).trim()
}

const NAME_WIDTH = 24

function shorten(text: string): string {
  const characters = [...oneLine(text)]
  return characters.length <= NAME_WIDTH
    ? characters.join('')
    : `${characters.slice(0, NAME_WIDTH - 1).join('')}…`
}

function pad(text: string, width: number, right: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - [...text].length))
  return right ? fill + text : text + fill
}
