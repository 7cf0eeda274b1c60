import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Edges } from '../edges.ts'
import { type NetworkOptions, readNetwork } from './read.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-network-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** `a>b:2`, with whatever else an edge has. */
function shown({ nodes, sources, targets, weights, types }: Edges): string {
  return Array.from(
    sources,
    (v, e) =>
      `${nodes.id(v)}>${nodes.id(targets[e])}${weights ? `:${weights[e]}` : ''}${types ? `/${types.names[types.of[e]]}` : ''}`,
  ).join(' ')
}

async function read(name: string, text: string | Buffer, options?: NetworkOptions): Promise<string> {
  return shown((await readNetwork(file(name, text), options)).edges)
}

describe('edge lists', () => {
  test('CSV with names for its columns; others are ignored, and said to be', async () => {
    const { edges, report } = await readNetwork(
      file('a.csv', 'from,to,Weight,colour,timestamp,relation\nb,a,2,red,10,likes\na,c,0.5,blue,20,hates\n'),
    )
    expect(shown(edges)).toBe('b>a:2/likes a>c:0.5/hates')
    expect(edges.nodes.ids()).toEqual(['b', 'a', 'c'])
    expect([...edges.times!]).toEqual([10_000, 20_000])
    expect(edges.directed).toBeNull()
    expect(report).toMatchObject({ format: 'csv', ignored: ['colour'] })
  })

  test('TSV, gzip, no header, columns by name or number', async () => {
    expect(await read('a.tsv', 'source\ttarget\n1\t2\n')).toBe('1>2')
    expect(await read('a.csv.gz', gzipSync('source,target\nx,y\n'))).toBe('x>y')
    expect(await read('b.csv', '1,2,7\n2,3,8\n', { header: false })).toBe('1>2:7 2>3:8')
    expect(
      await read('c.csv', 'k,1,2\n', { header: false, columns: { source: '2', target: '3', type: '1' } }),
    ).toBe('1>2/k')
    expect(await read('d.csv', 'who,whom\na,b\n', { columns: { source: 'who', target: 'whom' } })).toBe('a>b')
    expect(await read('e.jsonl', '{"source":"a","target":"b","weight":3}\n')).toBe('a>b:3')
  })

  test('words separated by spaces or tabs, with remarks, Windows line ends and a weight', async () => {
    expect(await read('a.txt', '# FromNodeId\tToNodeId\r\n1\t2\r\n\r\n 2   3 \r\n')).toBe('1>2 2>3')
    expect(await read('a.edgelist', '% x\na b 2.5\n')).toBe('a>b:2.5')
    expect(await read('b.edges', 'from to w\na b 1\n', { header: true, columns: { weight: 'w' } })).toBe(
      'a>b:1',
    )
    await expect(read('c.edges', 'a b\na b 1\n')).rejects.toThrow(
      'c.edges:2: expected 2 words, as before, got 3',
    )
  })

  test('ids are strings of any content, numbers up to 2³¹ and beyond among them', async () => {
    const ids = [
      '2147483648',
      '2147483647',
      '007',
      '7',
      '-1',
      'é ü',
      'a"b',
      'x,y',
      '\u{1f600}',
      '#1',
      'line\nbreak',
    ]
    const rows = ids.map((id) => `"${id.replaceAll('"', '""')}",z`)
    const { edges } = await readNetwork(file('ids.csv', `source,target\n${rows.join('\n')}\n`))
    expect(edges.nodes.ids()).toEqual([ids[0], 'z', ...ids.slice(1)])
  })

  test.each([
    ['-1', 'got "-1"'],
    ['NaN', 'got "NaN"'],
    ['', 'got nothing'],
    ['1e60', 'got "1e60"'],
    ['Infinity', 'got "Infinity"'],
    ['2x', 'got "2x"'],
  ])('a weight of %j is refused with file, line and column', async (weight, got) => {
    await expect(read('w.csv', `source,target,weight\na,b,1\nb,c,${weight}\n`)).rejects.toThrow(
      `w.csv:3, column "weight": expected a weight of 0 or more, ${got}`,
    )
    if (weight !== '')
      await expect(read('w.edges', `a b 1\nb c ${weight}\n`)).rejects.toThrow('w.edges:2, column "3"')
  })

  test('what is missing or of no known name is said', async () => {
    await expect(read('m.csv', 'source,target\na,\n')).rejects.toThrow(
      'm.csv:2, column "target": expected a non-empty id',
    )
    await expect(read('n.csv', '1,2\n2,3\n')).rejects.toThrow('if that is no header, say --no-header')
    await expect(read('o.csv', 'source,goal\na,b\n')).rejects.toThrow('no target column')
    await expect(read('p.csv', 'source,target\na,b\n', { columns: { weight: 'w' } })).rejects.toThrow(
      '--weight-column',
    )
    await expect(read('q.xyz', 'a b\n')).rejects.toThrow('say what it is with --format')
    await expect(read('r.edges', '# nothing\n')).rejects.toThrow('no edges')
    await expect(readNetwork(join(folder, 'none.csv'))).rejects.toThrow('There is no file')
  })

  test('several files of one format; not of two', async () => {
    const [a, b] = [file('1.csv', 'source,target\na,b\n'), file('2.csv', 'target,source\nc,b\n')]
    expect(shown((await readNetwork([a, b])).edges)).toBe('a>b b>c')
    await expect(readNetwork([a, file('3.edges', 'a b\n')])).rejects.toThrow(
      'expected one format, got csv and edges',
    )
  })
})

test('adjacency lists: nodes alone on a line stay', async () => {
  const { edges } = await readNetwork(file('a.adjlist', '# networkx\na b c\nd\nc a\n'))
  expect(shown(edges)).toBe('a>b a>c c>a')
  expect(edges.nodes.ids()).toEqual(['a', 'b', 'c', 'd'])
})

describe('GraphML', () => {
  const document = (inner: string, kind = 'undirected'): string =>
    `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <key id="d0" for="edge" attr.name="weight" attr.type="double"><default>2</default></key>
  <key id="d1" for="node" attr.name="type" attr.type="string"/>
  <key id="d2" for="node" attr.name="colour" attr.type="string"/>
  <graph id="G" edgedefault="${kind}">${inner}</graph>
</graphml>`

  test('nodes with types, edges with weights and their default; the rest is ignored, and said to be', async () => {
    const { edges, report } = await readNetwork(
      file(
        'a.graphml',
        document(`<!-- a remark with <tags> -->
    <edge source="a&amp;b" target="c"><data key="d0"> 1.5 </data></edge>
    <node id="c"><data key="d1"><![CDATA[<user>]]></data><data key="d2">red</data></node>
    <node id='a&amp;b'><data key="d1">item</data></node><node id="&#x1F600;&#10;"/>
    <edge id="e1" source="c" target="c"/>`),
      ),
    )
    expect(shown(edges)).toBe('a&b>c:1.5 c>c:2')
    expect(edges.nodes.ids()).toEqual(['a&b', 'c', '\u{1f600}\n'])
    expect(edges.directed).toBe(false)
    expect(edges.nodeTypes!.names.length).toBe(3)
    expect(Array.from(edges.nodeTypes!.of, (i) => edges.nodeTypes!.names[i])).toEqual(['item', '<user>', ''])
    expect(report.ignored).toEqual(['node colour'])
  })

  test('directions: of the graph, or of every edge', async () => {
    const nodes = '<node id="a"/><node id="b"/>'
    const directed = async (text: string): Promise<boolean | null> =>
      (await readNetwork(file('d.graphml', text))).edges.directed
    expect(await directed(document(nodes, 'directed'))).toBe(true)
    expect(await directed(document(`${nodes}<edge source="a" target="b" directed="true"/>`))).toBe(true)
    await expect(
      directed(
        document(`${nodes}<edge source="a" target="b"/><edge source="a" target="b" directed="true"/>`),
      ),
    ).rejects.toThrow('only undirected edges, as said or met before, got a directed one')
  })

  test.each([
    ['<node id="a"/><node id="a"/>', 'every node once, got "a" again'],
    ['<node id="a"/>\n<edge source="a" target="b"/>', 'd.graphml:7: expected a node of this file, got "b"'],
    ['<node/>', '<node> with id="…", got none'],
    [
      '<node id="a"/><edge source="a" target="a"><data key="d0">-3</data></edge>',
      'a weight of 0 or more, got "-3"',
    ],
    ['<node id="a"/><edge source="a" target="a"><data key="d9">3</data></edge>', 'a declared key, got "d9"'],
    ['<node id="a"><graph edgedefault="directed"/></node>', 'one graph, got another'],
    ['<hyperedge/>', 'expected nodes and edges, got <hyperedge>'],
    ['<node id="a"', 'expected attributes'],
    ['<node id="a">', 'expected </node>, got </graph>'],
    ['<node id="&nbsp;"/>', '&apos; or a character number, got "&nbsp;"'],
    ['<node id=a/>', 'expected attributes such as id="a"'],
    ['<node id="a" id="b"/>', 'every attribute once, got id twice'],
  ])('%s is refused', async (inner, message) => {
    await expect(readNetwork(file('d.graphml', document(inner)))).rejects.toThrow(message)
  })
})

test('XML that is not: each fault is told with its line', async () => {
  const parse = (text: string | Buffer): Promise<string> => read('x.graphml', text)
  await expect(parse('')).rejects.toThrow('expected an XML document, got nothing')
  await expect(parse('<graphml>')).rejects.toThrow('expected </graphml>, got the end of the file')
  await expect(parse('<graphml></graphml>')).rejects.toThrow('expected a <graph>, got none')
  await expect(parse('<a/><b/>')).rejects.toThrow('expected the end of the document')
  await expect(parse('hello')).rejects.toThrow('expected a whole document')
  await expect(parse('hello <a/>')).rejects.toThrow('expected a tag, got "hello"')
  await expect(parse('<a>\n\n</b>')).rejects.toThrow('x.graphml:3: expected </a>, got </b>')
  await expect(parse('<!DOCTYPE a [<!ENTITY b "c">]><a/>')).rejects.toThrow(
    'no document type with declarations',
  )
  await expect(parse('<?xml version="1.0" encoding="latin1"?><a/>')).rejects.toThrow('expected UTF-8')
  await expect(parse(Buffer.from([60, 0xff, 62]))).rejects.toThrow('text in UTF-8')
})

test('GEXF: kinds, weights, the type of nodes', async () => {
  const { edges, report } = await readNetwork(
    file(
      'a.gexf',
      `<gexf version="1.3"><meta><creator>x</creator></meta><graph mode="static" defaultedgetype="directed">
  <attributes class="node"><attribute id="0" title="type" type="string"/><attribute id="1" title="age" type="integer"/></attributes>
  <nodes><node id="n1" label="One"><attvalues><attvalue for="0" value="user"/><attvalue for="1" value="3"/></attvalues></node><node id="n2"/></nodes>
  <edges><edge id="0" source="n1" target="n2" weight="2.5" kind="knows"/><edge id="1" source="n2" target="n1"/></edges>
</graph></gexf>`,
    ),
  )
  expect(shown(edges)).toBe('n1>n2:2.5/knows n2>n1:1/')
  expect(edges.directed).toBe(true)
  expect(Array.from(edges.nodeTypes!.of, (i) => edges.nodeTypes!.names[i])).toEqual(['user', ''])
  expect(report.ignored).toEqual(['node age'])
  await expect(
    read(
      'b.gexf',
      '<gexf><graph><nodes><node id="a"/></nodes><edges><edge source="a" target="a" weight="x"/></edges></graph></gexf>',
    ),
  ).rejects.toThrow('a weight of 0 or more, got "x"')
})
