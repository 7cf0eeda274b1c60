/** Graphs as GraphML and GEXF. */
import { fail, quote } from '../../errors.ts'
import type { Edges } from '../edges.ts'
import { float32Text } from './float32-text.ts'

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

export function* graphMlText(edges: Edges): Iterable<string> {
  const { nodes, sources, targets, weights, types, nodeTypes, directed } = edges
  yield `${DECLARATION}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n`
  if (nodeTypes) yield '  <key id="node-type" for="node" attr.name="type" attr.type="string"/>\n'
  if (weights) yield '  <key id="weight" for="edge" attr.name="weight" attr.type="double"/>\n'
  if (types) yield '  <key id="type" for="edge" attr.name="type" attr.type="string"/>\n'
  yield `  <graph edgedefault="${directed ? 'directed' : 'undirected'}">\n`
  for (let v = 0; v < nodes.size; v++) {
    const type = nodeTypes ? data('node-type', nodeTypes.names[nodeTypes.of[v]]) : ''
    yield `    <node id="${escaped(nodes.id(v))}"${type === '' ? '/>' : `>${type}</node>`}\n`
  }
  for (let e = 0; e < sources.length; e++) {
    const inner =
      (weights ? data('weight', float32Text(weights[e])) : '') +
      (types ? data('type', types.names[types.of[e]]) : '')
    const ends = `source="${escaped(nodes.id(sources[e]))}" target="${escaped(nodes.id(targets[e]))}"`
    yield `    <edge ${ends}${inner === '' ? '/>' : `>${inner}</edge>`}\n`
  }
  yield '  </graph>\n</graphml>\n'
}

function data(key: string, text: string): string {
  return `<data key="${key}">${escaped(text)}</data>`
}

export function* gexfText(edges: Edges): Iterable<string> {
  const { nodes, sources, targets, weights, types, nodeTypes, directed } = edges
  yield `${DECLARATION}<gexf xmlns="http://gexf.net/1.3" version="1.3">\n`
  yield `  <graph defaultedgetype="${directed ? 'directed' : 'undirected'}">\n`
  if (nodeTypes) {
    yield '    <attributes class="node"><attribute id="type" title="type" type="string"/></attributes>\n'
  }
  yield '    <nodes>\n'
  for (let v = 0; v < nodes.size; v++) {
    const id = escaped(nodes.id(v))
    const type = nodeTypes
      ? `><attvalues><attvalue for="type" value="${escaped(nodeTypes.names[nodeTypes.of[v]])}"/></attvalues></node>`
      : '/>'
    yield `      <node id="${id}" label="${id}"${type}\n`
  }
  yield '    </nodes>\n    <edges>\n'
  for (let e = 0; e < sources.length; e++) {
    const ends = `source="${escaped(nodes.id(sources[e]))}" target="${escaped(nodes.id(targets[e]))}"`
    const weight = weights ? ` weight="${float32Text(weights[e])}"` : ''
    const kind = types ? ` kind="${escaped(types.names[types.of[e]])}"` : ''
    yield `      <edge id="${e}" ${ends}${weight}${kind}/>\n`
  }
  yield '    </edges>\n  </graph>\n</gexf>\n'
}

const named: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

/** For attributes and text alike; line breaks and tabs are written so that readers keep them. */
function escaped(text: string): string {
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text)) {
    throw fail('ARGUMENT', {
      what: quote(text),
      expected: 'characters that XML allows',
      got: 'a control character; write csv or tsv',
    })
  }
  return text.replaceAll(/[<>&"\t\n\r]/g, (c) => named[c] ?? `&#${c.codePointAt(0)};`)
}
