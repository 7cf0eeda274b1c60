/** GEXF (https://gexf.net): nodes and edges with weights and kinds, and the attribute `type` of nodes. Times of dynamic graphs are not read. */
import type { Markup } from './markup.ts'
import type { XmlSink } from './xml.ts'

export class Gexf implements XmlSink {
  readonly #markup: Markup
  /** `node:0` → title of the attribute. */
  readonly #titles = new Map<string, string>()
  #class = ''
  #graphs = 0
  #default = false
  #node = -1
  #inEdge = false

  constructor(markup: Markup) {
    this.#markup = markup
  }

  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void {
    const markup = this.#markup
    if (name === 'graph') {
      if (this.#graphs++ > 0) throw markup.wrong(line, 'one graph', 'another')
      this.#default = this.#directed(attributes.get('defaultedgetype') ?? 'undirected', line)
      if (attributes.get('mode') === 'dynamic') markup.ignored.add('times of nodes and edges')
    } else if (name === 'attributes') this.#class = attributes.get('class') ?? ''
    else if (name === 'attribute') {
      const id = markup.required(attributes, 'id', name, line)
      this.#titles.set(`${this.#class}:${id}`, attributes.get('title') ?? id)
    } else if (name === 'node') {
      if (this.#node >= 0) throw markup.wrong(line, 'no nodes within nodes', 'one')
      this.#node = markup.declare(markup.required(attributes, 'id', name, line), line)
    } else if (name === 'edge') {
      this.#inEdge = true
      this.#edge(attributes, line)
    } else if (name === 'attvalue') this.#value(attributes, line)
  }

  close(name: string): void {
    if (name === 'node') this.#node = -1
    if (name === 'edge') this.#inEdge = false
  }

  text(): void {}

  #directed(kind: string, line: number): boolean {
    if (kind === 'directed') return true
    if (kind === 'undirected' || kind === 'mutual') return false
    throw this.#markup.wrong(line, 'directed, undirected or mutual edges', JSON.stringify(kind))
  }

  #edge(attributes: ReadonlyMap<string, string>, line: number): void {
    const markup = this.#markup
    const [source, target] = (['source', 'target'] as const).map((end) =>
      markup.end(markup.required(attributes, end, 'edge', line), line),
    )
    const own = attributes.get('type')
    markup.direction(own === undefined ? this.#default : this.#directed(own, line), line)
    const weight = attributes.get('weight')
    const kind = attributes.get('kind')
    markup.collector.edge(source, target, {
      ...(weight === undefined ? {} : { weight: markup.weight(weight, line) }),
      ...(kind === undefined ? {} : { type: kind }),
    })
  }

  #value(attributes: ReadonlyMap<string, string>, line: number): void {
    const markup = this.#markup
    const of = this.#node >= 0 ? 'node' : this.#inEdge ? 'edge' : 'graph'
    const id = attributes.get('for') ?? markup.required(attributes, 'id', 'attvalue', line)
    const title = this.#titles.get(`${of}:${id}`)
    if (title === undefined) throw markup.wrong(line, `a declared attribute of ${of}s`, JSON.stringify(id))
    const value = markup.required(attributes, 'value', 'attvalue', line)
    if (of === 'node' && title === 'type') markup.collector.nodeType(this.#node, value)
    else markup.ignored.add(`${of} ${title}`)
  }

  /** After the last tag. */
  end(): boolean {
    if (this.#graphs === 0) throw this.#markup.wrong(1, 'a <graph>', 'none')
    return this.#markup.directed ?? this.#default
  }
}
