/** Gathers edges one by one into typed arrays, numbering node ids as they come. Every reader of graphs feeds one. */
import type { Edges, Kinds } from '../edges.ts'
import { Growing } from '../growing.ts'
import { InternTable } from '../interning.ts'
import { encode, Vocabulary } from '../vocabulary.ts'

/** What an edge may have beside its ends. */
export interface EdgeExtras {
  readonly weight?: number
  readonly type?: string
}

export class EdgeCollector {
  readonly #nodes = new InternTable()
  readonly #sources = new Growing(Int32Array)
  readonly #targets = new Growing(Int32Array)
  readonly #weights = new Growing(Float32Array)
  readonly #types = new KindColumn()
  readonly #nodeTypes = new KindColumn()
  #weighted = false

  /** The row of a node, added if it is new. */
  node(id: string): number {
    const { bytes, length } = encode(id)
    return this.#nodes.intern(bytes, 0, length)
  }

  /** An edge between rows from {@link node}. Edges without a weight weigh one. */
  edge(source: number, target: number, { weight, type }: EdgeExtras = {}): void {
    const e = this.#sources.size
    this.#sources.push(source)
    this.#targets.push(target)
    if (weight !== undefined && !this.#weighted) {
      this.#weighted = true
      for (let i = 0; i < e; i++) this.#weights.push(1)
    }
    if (this.#weighted) this.#weights.push(weight ?? 1)
    if (type !== undefined) this.#types.set(e, type)
  }

  nodeType(row: number, type: string): void {
    this.#nodeTypes.set(row, type)
  }

  get edges(): number {
    return this.#sources.size
  }
  get nodes(): number {
    return this.#nodes.size
  }

  /** Everything that was added. The collector must not be used afterwards. */
  finish(directed: boolean | null): Edges {
    const count = this.#sources.size
    return {
      nodes: Vocabulary.fromTable(this.#nodes),
      sources: this.#sources.values(),
      targets: this.#targets.values(),
      weights: this.#weighted ? this.#weights.values() : null,
      times: null,
      types: this.#types.finish(count),
      nodeTypes: this.#nodeTypes.finish(this.#nodes.size),
      directed,
    }
  }
}

/** The kinds of things that are told one by one; those that are not told have the empty name. */
class KindColumn {
  readonly #rows = new Map<string, number>()
  readonly #of: number[] = []

  set(at: number, name: string): void {
    let row = this.#rows.get(name)
    if (row === undefined) this.#rows.set(name, (row = this.#rows.size))
    this.#of[at] = row
  }

  finish(count: number): Kinds | null {
    if (this.#rows.size === 0) return null
    const names = [...this.#rows.keys()]
    const missing = names.indexOf('')
    const other = missing >= 0 ? missing : names.length
    const of = Int32Array.from({ length: count }, (_, i) => this.#of[i] ?? other)
    return { names: of.includes(names.length) ? [...names, ''] : names, of }
  }
}
