import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { Vocabulary } from '../../data/vocabulary.ts'
import { Random } from '../../random.ts'
import { writeSafetensors } from '../safetensors.ts'
import { escapeId, unescapeId } from './escape.ts'
import { readVectors, type VectorFormat, vectorFormatOf, vectorFormats, writeVectors } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-vectors-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text?: string | Uint8Array): string => {
  const path = join(folder, name)
  if (text !== undefined) writeFileSync(path, text)
  return path
}

const endings: Readonly<Record<VectorFormat, string>> = {
  text: 'txt',
  binary: 'bin',
  safetensors: 'safetensors',
  parquet: 'parquet',
  npy: 'npy',
}

/** Ids that break formats which separate words by spaces and lines. */
const awkward = [
  'plain',
  'New York',
  'two\nlines',
  'tab\there',
  '\r',
  ' ',
  '',
  '100%20',
  '␛',
  '␛20;',
  'a␛',
  '\u00a0\u2028\u0085',
  '\ufeffmark',
  '中文 名',
  '👩‍👩‍👧',
  '5',
  '"quoted",',
  '\u0000nul',
]

describe('ids as words', () => {
  test.each(awkward)('%j comes back', (id) => {
    const word = escapeId(id)
    expect(word).toMatch(/^[^\s\p{Cc}]+$/u)
    expect(unescapeId(word)).toBe(id)
  })

  test('harmless ids stay as they are, and files made elsewhere mean what they say', () => {
    for (const id of ['plain', '中文', '100%20', 'a\\nb', '</s>', '5']) expect(escapeId(id)).toBe(id)
    for (const word of ['%20', 'a␛b', '␛zz;', '␛110000;', '␛d800;']) expect(unescapeId(word)).toBe(word)
    expect(escapeId('New York')).toBe('New␛20;York')
  })
})

describe.each(vectorFormats)('%s', (format) => {
  const name = (stem: string): string => `${stem}.${endings[format]}`

  test('brings every id and number back to the bit', async () => {
    const rng = new Random(3)
    const data = Float32Array.from(
      { length: awkward.length * 5 },
      () => rng.normal() * 10 ** (rng.int(40) - 20),
    )
    data.set([0, -0, 1e-40, -3.4028234663852886e38, 16777217])
    const path = file(name('round'))
    await writeVectors(path, { nodes: Vocabulary.from(awkward), dim: 5, data })
    const back = await readVectors(path)
    expect(back.nodes.ids()).toEqual(awkward)
    expect(back.dim).toBe(5)
    expect(back.data).toEqual(data)
  })

  test('more vectors than fit a chunk, replacing what was there, leaving nothing beside it', async () => {
    const nodes = Vocabulary.from(Array.from({ length: 5000 }, (_, i) => `item ${i}`))
    const data = Float32Array.from({ length: 5000 * 3 }, (_, k) => Math.sin(k))
    const path = file(name('many'), 'old')
    await writeVectors(path, { nodes, dim: 3, data })
    const back = await readVectors(path)
    expect(back.data).toEqual(data)
    expect(back.nodes.id(4999)).toBe('item 4999')
    expect(readdirSync(folder).filter((each) => each.startsWith('.tmp'))).toEqual([])
  })

  test('an id that comes twice is refused', async () => {
    const one = { nodes: Vocabulary.from(['a', 'b']), dim: 1, data: Float32Array.of(1, 2) }
    const path = file(name('twice'))
    await writeVectors(path, one)
    if (format === 'npy') file('twice.ids.txt', 'a\na\n')
    else if (format === 'safetensors')
      await writeSafetensors(path, { vectors: { data: one.data, shape: [2, 1] } }, { ids: '["a","a"]' })
    else if (format === 'parquet') return
    else writeFileSync(path, readFileSync(path, 'latin1').replace('b', 'a'), 'latin1')
    await expect(readVectors(path)).rejects.toThrow('expected every id once, got "a" again')
  })
})

test('the format is told by the ending', () => {
  expect(['a.vec', 'b.txt.gz', 'c.BIN', 'd.safetensors', 'e.pq', 'f.npy'].map(vectorFormatOf)).toEqual([
    'text',
    'text',
    'binary',
    'safetensors',
    'parquet',
    'npy',
  ])
  expect(() => vectorFormatOf('vectors')).toThrow('vectors: expected a name ending in .txt, .vec')
})

describe('text', () => {
  const read = (text: string): ReturnType<typeof readVectors> => readVectors(file('in.txt', text))

  test('as other tools write it: spaces at the end, tabs, no first line, blank lines, compressed', async () => {
    const same = { dim: 2, data: Float32Array.of(0.5, -1, 2e-3, 4) }
    expect(await read('2 2\na 0.5 -1 \nb 2e-3 4 \n')).toMatchObject(same)
    expect(await read('a\t0.5\t-1\r\nb\t2e-3\t4\r\n\r\n')).toMatchObject(same)
    const packed = file('packed.txt.gz', gzipSync('a 0.5 -1\nb 2e-3 4\n'))
    expect(await readVectors(packed)).toMatchObject(same)
  })

  test('an id that is a number is no first line', async () => {
    const back = await read('7 3\n8 4\n')
    expect([back.nodes.ids(), [...back.data]]).toEqual([
      ['7', '8'],
      [3, 4],
    ])
    expect((await read('2 1\n7 3\n8 4\n')).nodes.ids()).toEqual(['7', '8'])
  })

  test.each([
    [
      '3 2\na 1 2\nb 1 2\n',
      ':3: expected 3 vectors, as the first line says, got the end of the file after 2',
    ],
    ['1 2\na 1 2\nb 1 2\n', ':3: expected the end after 1 vectors, got more'],
    ['2 2\na 1 2\nb 1\n', ':3: expected an id without spaces and 2 numbers, got 2 fields: "b 1"'],
    ['a 1 2\nNew York 1 2\n', ':2: expected an id without spaces and 2 numbers, got 4 fields'],
    ['a 1 2\nb 1 x\n', ':2: expected a finite number at place 2 of the vector of "b", got "x"'],
    ['a 1 2\nb nan 2\n', ':2: expected a finite number at place 1 of the vector of "b", got "nan"'],
    ['a 1 2\nb 1 1e39\n', ':2: expected a finite number at place 2'],
    ['a\nb\n', ':1: expected vectors of 1 to 1,048,576 numbers, got 0'],
    ['', 'has no vectors. Give a file with at least one.'],
    ['0 5\n', 'has no vectors'],
  ])('%j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
})

describe('binary', () => {
  const vector = (...numbers: number[]): Buffer => Buffer.from(Float32Array.from(numbers).buffer)
  const read = (...parts: (string | Buffer)[]): ReturnType<typeof readVectors> =>
    readVectors(file('in.bin', Buffer.concat(parts.map((part) => Buffer.from(part as string)))))

  test('with and without newlines between vectors', async () => {
    for (const gap of ['', '\n']) {
      const back = await read('2 2\n', 'a ', vector(1, 2), gap, 'b ', vector(3, 4), gap)
      expect([back.nodes.ids(), [...back.data]]).toEqual([
        ['a', 'b'],
        [1, 2, 3, 4],
      ])
    }
  })

  test('what is malformed is refused', async () => {
    await expect(read('a 1 2\n')).rejects.toThrow(':1: expected the number of vectors and their size')
    await expect(read('')).rejects.toThrow('got nothing')
    await expect(read('2 2\n', 'a ', vector(1, 2), 'b ', vector(3))).rejects.toThrow(
      'expected 2 vectors, as the first line says, got the end of the file after 1',
    )
    await expect(read('1 2\n', 'a ', vector(1, 2), 'b ', vector(3, 4))).rejects.toThrow(
      'expected the end after 1 vectors, got more bytes',
    )
    await expect(read('1 1\n', 'a ', vector(NaN))).rejects.toThrow('expected a finite number at place 1')
    await expect(read('1 0\n', 'a ')).rejects.toThrow('expected vectors of 1 to 1,048,576 numbers, got 0')
    await expect(read('1 1\n', ' ', vector(1))).rejects.toThrow('for vector 1: an id')
    await expect(read('1 1\n', Buffer.from([0xff, 32]), vector(1))).rejects.toThrow('an id in UTF-8')
  })
})

describe('other formats', () => {
  const vectors = { nodes: Vocabulary.from(['a', 'b']), dim: 2, data: Float32Array.of(1, 2, 3, 4) }

  test('npy: the ids must be there and fit', async () => {
    const path = file('lone.npy')
    await writeVectors(path, vectors)
    file('lone.ids.txt', 'a\n')
    await expect(readVectors(path)).rejects.toThrow('lone.ids.txt:1: expected 2 ids, one for each row')
    file('lone.ids.txt', 'a\n\n')
    await expect(readVectors(path)).rejects.toThrow('lone.ids.txt:2: expected an id, got an empty line')
    rmSync(file('lone.ids.txt'))
    await expect(readVectors(path)).rejects.toThrow(/no file .*lone\.ids\.txt .*--ids/)
    const ids = file('names.txt', 'x\ny\n')
    expect((await readVectors(path, { ids })).nodes.ids()).toEqual(['x', 'y'])
    await expect(readVectors(file('a.txt', 'a 1\n'), { ids })).rejects.toThrow('the format text has its own')
  })

  test('safetensors made elsewhere: one tensor of two axes, ids from a file', async () => {
    const path = file('other.safetensors')
    const tensor = { data: vectors.data, shape: [2, 2] }
    await writeSafetensors(path, { weight: tensor })
    await expect(readVectors(path)).rejects.toThrow('has no "ids" in its metadata')
    const ids = file('ids.txt', 'x\ny\n')
    expect(await readVectors(path, { ids })).toMatchObject({ dim: 2, data: vectors.data })
    await writeSafetensors(path, { one: tensor, two: tensor })
    await expect(readVectors(path, { ids })).rejects.toThrow('got one [2, 2], two [2, 2]')
    await writeSafetensors(path, { vectors: tensor }, { ids: '["a"]' })
    await expect(readVectors(path)).rejects.toThrow('expected 2 ids, one per row, got 1')
    await writeSafetensors(path, { vectors: tensor }, { ids: '{' })
    await expect(readVectors(path)).rejects.toThrow('"ids" in the metadata: a JSON list of texts')
  })

  test('Parquet with other columns is refused, and so is what is no Parquet', async () => {
    await expect(readVectors(file('bad.parquet', 'no'))).rejects.toThrow('expected an intact Parquet file')
    expect(existsSync(file('missing.parquet'))).toBe(false)
    await expect(readVectors(file('missing.parquet'))).rejects.toThrow(/missing\.parquet/)
  })
})
