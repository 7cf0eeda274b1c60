/** Graphs as lines of words: edge lists and adjacency lists, separated by spaces or tabs. Lines that begin with # or % are remarks. */
import { isUtf8 } from 'node:buffer'
import { fail } from '../../errors.ts'
import { scanLines } from '../lines.ts'
import { excerpt } from '../report.ts'
import { display, readBytes } from '../source.ts'
import { type Table, TableBuilder } from '../table.ts'
import { EdgeCollector } from './collector.ts'

const decoder = new TextDecoder()

/** Calls `visit` with the words of every line that is neither empty nor a remark. */
async function scanWords(file: string, visit: (words: string[], line: number) => void): Promise<void> {
  await scanLines(display(file), readBytes(file), (bytes, start, end, line) => {
    const text = bytes.subarray(start, end)
    if (!isUtf8(text)) {
      throw fail('DATA', { file: display(file), line, expected: 'text in UTF-8', got: 'other bytes' })
    }
    const words = decoder.decode(text).split(/[ \t]+/)
    if (words[0] === '') words.shift()
    if (words.at(-1) === '') words.pop()
    if (words.length > 0 && words[0][0] !== '#' && words[0][0] !== '%') visit(words, line)
  })
}

/** The words of each line as the columns of a table, named by the first line if `header`, else by numbers from 1. */
export async function readSpacedTable(files: readonly string[], header: boolean): Promise<Table> {
  const builder = new TableBuilder()
  for (const file of files) {
    builder.file(display(file))
    let names: string[] | null = null
    await scanWords(file, (words, line) => {
      if (names === null) {
        names = header ? words : words.map((_, i) => String(i + 1))
        for (const name of names) builder.column(name)
        if (header) return
      }
      if (words.length !== names.length) {
        const [expected, got] = [
          `${names.length} words, as before`,
          `${words.length} in ${excerpt(words.join(' '))}`,
        ]
        throw fail('DATA', { file: display(file), line, expected, got })
      }
      builder.row(line)
      for (const [i, word] of words.entries()) builder.text(builder.column(names[i]), word)
    })
  }
  if (builder.rows === 0) {
    const what = `${files.map(display).join(', ')}: no edges`
    throw fail('EMPTY', { what, todo: 'Give lines of two nodes, and maybe a weight.' })
  }
  return builder.finish()
}

/** A node and those it has edges to on each line; a node may be alone on its line. */
export async function readAdjacencyList(file: string, collector: EdgeCollector): Promise<void> {
  await scanWords(file, ([id, ...neighbours]) => {
    const node = collector.node(id)
    for (const neighbour of neighbours) collector.edge(node, collector.node(neighbour))
  })
}
