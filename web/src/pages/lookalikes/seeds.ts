/** Reading ids that somebody pasted or a file holds. */

/** One id a line, as ids may contain anything else; blank lines and repeats are dropped. */
export function idsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
  ]
}

/** The names of columns that hold users; a first line that is one of them is no id. */
const heads = new Set(['id', 'user', 'user_id', 'userid', 'member', 'seed'])

/** The ids of a file: a line each, or the first column where it is CSV or TSV. */
export function idsOfFile(name: string, text: string): string[] {
  const separator = /\.csv$/i.test(name) ? ',' : /\.tsv$/i.test(name) ? '\t' : null
  const plain = text.replace(/^\uFEFF/, '')
  const ids = idsOf(separator === null ? plain : firstColumn(plain, separator))
  return heads.has(ids[0]?.toLowerCase() ?? '') ? ids.slice(1) : ids
}

/** Quotes around a cell may hold the separator, and a doubled quote is one. A line break inside a quoted id is not read. */
function firstColumn(text: string, separator: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => {
      if (!line.startsWith('"')) return line.split(separator)[0]
      return /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"') ?? line
    })
    .join('\n')
}
