/** What the readers of GraphML and GEXF share: nodes are declared, edges lead between declared nodes, weights are checked. */
import { fail, quote } from '../../errors.ts'
import { excerpt } from '../report.ts'
import { encode } from '../vocabulary.ts'
import type { EdgeCollector } from './collector.ts'
import { WEIGHT, weightOf } from './edge-table.ts'

export class Markup {
  readonly file: string
  readonly collector: EdgeCollector
  /** Attributes and elements that mean nothing to a graph. */
  readonly ignored = new Set<string>()
  directed: boolean | null = null
  readonly #declared = new RowSet()
  /** Line of the first mention of nodes that edges named before they were declared. */
  readonly #mentioned = new Map<number, number>()

  constructor(file: string, collector: EdgeCollector) {
    this.file = file
    this.collector = collector
  }

  wrong(line: number, expected: string, got: string): Error {
    return fail('DATA', { file: this.file, line, expected, got })
  }

  required(attributes: ReadonlyMap<string, string>, name: string, element: string, line: number): string {
    const value = attributes.get(name)
    if (value === undefined || value === '') {
      throw this.wrong(line, `<${element}> with ${name}="…"`, value === undefined ? 'none' : 'an empty one')
    }
    return value
  }

  declare(id: string, line: number): number {
    const row = this.collector.node(id)
    if (this.#declared.has(row)) throw this.wrong(line, 'every node once', `${quote(id)} again`)
    this.#declared.add(row)
    this.#mentioned.delete(row)
    return row
  }

  /** The row of an end of an edge, which may be declared later. */
  end(id: string, line: number): number {
    const row = this.collector.node(id)
    if (!this.#declared.has(row) && !this.#mentioned.has(row)) this.#mentioned.set(row, line)
    return row
  }

  weight(text: string, line: number): number {
    const { bytes, length } = encode(text.trim())
    const weight = weightOf(bytes, 0, length)
    if (Number.isNaN(weight)) throw this.wrong(line, WEIGHT, excerpt(text))
    return weight
  }

  /** All edges of a file have the same direction, or none. */
  direction(directed: boolean, line: number): void {
    if (this.directed !== null && this.directed !== directed) {
      const [expected, got] = [
        this.directed ? 'directed' : 'undirected',
        directed ? 'a directed' : 'an undirected',
      ]
      throw this.wrong(line, `only ${expected} edges, as said or met before`, `${got} one`)
    }
    this.directed = directed
  }

  /** At the end of the file: every node that edges name must be there. */
  check(id: (row: number) => string): void {
    for (const [row, line] of this.#mentioned) {
      throw this.wrong(line, 'a node of this file', `${quote(id(row))}, which is never declared`)
    }
  }
}

/** A growing set of small numbers. */
class RowSet {
  #marks = new Uint8Array(1024)

  has(i: number): boolean {
    return this.#marks[i] === 1
  }
  add(i: number): void {
    if (i >= this.#marks.length) {
      const grown = new Uint8Array(Math.max(i + 1, this.#marks.length * 2))
      grown.set(this.#marks)
      this.#marks = grown
    }
    this.#marks[i] = 1
  }
}
