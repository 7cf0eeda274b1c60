import { expect, test } from 'vitest'
import fc from 'fast-check'
import { scanRecords } from './records.ts'

type Found = { line: number; fields: string[] } | { line: number; malformed: string }

async function scan(text: string, cuts: readonly number[] = [], fields = 0): Promise<Found[]> {
  const bytes = new TextEncoder().encode(text)
  const at = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let k = 1; k < at.length; k++) yield bytes.slice(at[k - 1], at[k])
  }
  const found: Found[] = []
  const decoder = new TextDecoder()
  await scanRecords('test', chunks(), 44, {
    fields,
    record(b, starts, ends, count, line) {
      found.push({
        line,
        fields: Array.from({ length: count }, (_, f) => decoder.decode(b.subarray(starts[f], ends[f]))),
      })
    },
    malformed(line, expected, got, line_text) {
      found.push({ line, malformed: `${expected} | ${got} | ${decoder.decode(line_text)}` })
    },
  })
  return found
}

test('fields, quotes, doubled quotes, line ends, blank lines, no final line end', async () => {
  const text = 'a,b\r\n\r\n"x,y","say ""hi"""\n\n"two\nlines",\n,i"1\n"",""\r\nz,"end"'
  expect(await scan(text)).toEqual([
    { line: 1, fields: ['a', 'b'] },
    { line: 3, fields: ['x,y', 'say "hi"'] },
    { line: 5, fields: ['two\nlines', ''] },
    { line: 7, fields: ['', 'i"1'] },
    { line: 8, fields: ['', ''] },
    { line: 9, fields: ['z', 'end'] },
  ])
})

test('a stray quote costs its own line only', async () => {
  const text = 'u1,i1\n"u2,i2\nu3,i3\nu4,"i4"x\n"u5","i5"\nu6,i6\n'
  expect(await scan(text)).toEqual([
    { line: 1, fields: ['u1', 'i1'] },
    {
      line: 2,
      malformed: 'a delimiter or the end of the line after a closing quote | the character "i" | "u2,i2',
    },
    { line: 3, fields: ['u3', 'i3'] },
    {
      line: 4,
      malformed: 'a delimiter or the end of the line after a closing quote | the character "x" | u4,"i4"x',
    },
    { line: 5, fields: ['u5', 'i5'] },
    { line: 6, fields: ['u6', 'i6'] },
  ])
  const open = await scan('u1,i1\nu2,"i2\nu3,i3\n')
  expect(open[1]).toEqual({
    line: 2,
    malformed: 'a closing quote for field 2 | the end of the file | u2,"i2',
  })
  expect(open[2]).toEqual({ line: 3, fields: ['u3', 'i3'] })
})

test('a stray quote in a long file is found after 1 MiB, without losing what follows', async () => {
  const lines = Array.from({ length: 200_000 }, (_, k) => (k === 1000 ? '"u,i' : `u${k},i`))
  const found = await scan(
    `${lines.join('\n')}\n`,
    Array.from({ length: 40 }, (_, k) => k * 70_000),
    2,
  )
  expect(found).toHaveLength(200_000)
  expect(found.filter((row) => 'malformed' in row)).toEqual([
    { line: 1001, malformed: 'a closing quote for field 1 | none within 1 MiB | "u,i' },
  ])
  expect(found.at(-1)).toEqual({ line: 200_000, fields: ['u199999', 'i'] })
})

test('a record over several lines with the wrong number of fields is taken for a stray quote', async () => {
  const found = await scan('a,"b\nc,d\ne,f",g\nh,i\n', [], 2)
  expect(found).toEqual([
    { line: 1, malformed: '2 fields | 3 | a,"b' },
    { line: 2, fields: ['c', 'd'] },
    { line: 3, malformed: '2 fields | 3 | e,f",g' },
    { line: 4, fields: ['h', 'i'] },
  ])
})

test('what is written is read, however the bytes arrive', async () => {
  const field = fc.string({
    unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' ', '😀', '1'),
    maxLength: 6,
  })
  const rows = fc.array(fc.tuple(field, field, field), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      async (table, cuts, newline) => {
        const quoted = table.map((row) =>
          row.map((f) => (/[",\r\n]/.test(f) ? `"${f.replaceAll('"', '""')}"` : f)).join(','),
        )
        const found = await scan(quoted.map((row) => row + newline).join(''), cuts, 3)
        expect(found.map((row) => ('fields' in row ? row.fields : row))).toEqual(table)
        let line = 1
        for (const [k, row] of quoted.entries()) {
          expect(found[k].line).toBe(line)
          line += row.split('\n').length
        }
      },
    ),
  )
})

test('a line without an end is refused before it fills the memory', async () => {
  const piece = new Uint8Array(1 << 24).fill(65)
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield piece
  }
  const sink = { fields: 2, record() {}, malformed() {} }
  await expect(scanRecords('big.csv', endless(), 44, sink)).rejects.toThrow(
    'big.csv:1: expected a line end within 64 MiB',
  )
})

test('grows for records with many fields', async () => {
  const wide = Array.from({ length: 300 }, (_, k) => `f${k}`)
  expect(await scan(wide.join(','))).toEqual([{ line: 1, fields: wide }])
})
