/** GraphML (http://graphml.graphdrawing.org/specification.html): one graph of nodes and edges; weights, and types of nodes and edges. */
import type { Markup } from './markup.ts'
import type { XmlSink } from './xml.ts'

/** A declared piece of data. */
interface Key {
  readonly name: string
  readonly of: string
  fallback: string | null
}

/** Elements that are no graph of nodes and edges, and cannot be left out without changing it. */
const refused = new Set(['hyperedge', 'port', 'endpoint'])

export class GraphMl implements XmlSink {
  readonly #markup: Markup
  readonly #keys = new Map<string, Key>()
  #key: Key | null = null
  #data = new Map<string, string>()
  #text: string[] | null = null
  #dataKey = ''
  #element: { readonly name: 'node' | 'edge'; readonly attributes: ReadonlyMap<string, string> } | null = null
  #graphs = 0
  #default = false

  constructor(markup: Markup) {
    this.#markup = markup
  }

  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void {
    const markup = this.#markup
    if (refused.has(name)) throw markup.wrong(line, 'nodes and edges', `<${name}>`)
    if (name === 'key') {
      this.#key = {
        name: attributes.get('attr.name') ?? '',
        of: attributes.get('for') ?? 'all',
        fallback: null,
      }
      this.#keys.set(markup.required(attributes, 'id', name, line), this.#key)
    } else if (name === 'graph') {
      if (this.#graphs++ > 0) throw markup.wrong(line, 'one graph', 'another or one inside it')
      const kind = markup.required(attributes, 'edgedefault', name, line)
      if (kind !== 'directed' && kind !== 'undirected') {
        throw markup.wrong(line, 'edgedefault="directed" or "undirected"', JSON.stringify(kind))
      }
      this.#default = kind === 'directed'
    } else if (name === 'node' || name === 'edge') {
      this.#element = { name, attributes }
      this.#data = new Map()
    } else if (name === 'data') {
      const key = markup.required(attributes, 'key', name, line)
      if (!this.#keys.has(key)) throw markup.wrong(line, 'a declared key', JSON.stringify(key))
      this.#dataKey = key
      this.#text = []
    } else if (name === 'default') this.#text = []
  }

  text(text: string): void {
    this.#text?.push(text)
  }

  close(name: string, line: number): void {
    if (name === 'default' && this.#key && this.#text) this.#key.fallback = this.#text.join('')
    if (name === 'data' && this.#text) this.#data.set(this.#dataKey, this.#text.join(''))
    if (name === 'default' || name === 'data') this.#text = null
    if (name === 'key') this.#key = null
    if ((name === 'node' || name === 'edge') && this.#element) {
      if (name === 'node') this.#node(line)
      else this.#edge(line)
      this.#element = null
    }
  }

  /** What is said of the element at hand, by the names of the keys; what no reader wants is noted. */
  #values(element: string, wanted: readonly string[]): Map<string, string> {
    const values = new Map<string, string>()
    for (const [id, { name, of, fallback }] of this.#keys) {
      if (of !== 'all' && of !== element) continue
      const value = this.#data.get(id) ?? fallback
      if (value === null) continue
      if (wanted.includes(name)) values.set(name, value)
      else this.#markup.ignored.add(`${element} ${name === '' ? id : name}`)
    }
    return values
  }

  #node(line: number): void {
    const markup = this.#markup
    const row = markup.declare(markup.required(this.#element!.attributes, 'id', 'node', line), line)
    const type = this.#values('node', ['type']).get('type')
    if (type !== undefined) markup.collector.nodeType(row, type)
  }

  #edge(line: number): void {
    const markup = this.#markup
    const { attributes } = this.#element!
    const [source, target] = (['source', 'target'] as const).map((end) =>
      markup.end(markup.required(attributes, end, 'edge', line), line),
    )
    const directed = attributes.get('directed')
    markup.direction(directed === undefined ? this.#default : directed === 'true', line)
    const values = this.#values('edge', ['weight', 'type'])
    const weight = values.get('weight')
    const type = values.get('type')
    markup.collector.edge(source, target, {
      ...(weight === undefined ? {} : { weight: markup.weight(weight, line) }),
      ...(type === undefined ? {} : { type }),
    })
  }

  /** After the last tag. Without edges the graph's own default is its direction. */
  end(): boolean {
    if (this.#graphs === 0) throw this.#markup.wrong(1, 'a <graph>', 'none')
    return this.#markup.directed ?? this.#default
  }
}
