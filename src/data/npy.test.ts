import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { npyHeader, readNpy } from './npy.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-npy-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file as NumPy writes it. */
function npy(header: string, data: ArrayBufferView, version = 1): Buffer {
  const wide = version > 1
  const pad = 64 - ((header.length + 1 + (wide ? 12 : 10)) % 64)
  const text = `${header}${' '.repeat(pad)}\n`
  const length = Buffer.alloc(wide ? 4 : 2)
  if (wide) length.writeUInt32LE(text.length)
  else length.writeUInt16LE(text.length)
  return Buffer.concat([
    Buffer.from(`\u0093NUMPY${String.fromCharCode(version, 0)}`, 'latin1'),
    length,
    Buffer.from(text, 'latin1'),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ])
}

let files = 0
function write(bytes: Uint8Array): string {
  const file = join(folder, `${files++}.npy`)
  writeFileSync(file, bytes)
  return file
}

const dictionary = (descr: string, shape: string, fortran = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`

async function read(bytes: Uint8Array): Promise<{ rows: number; cols: number; values: number[] }> {
  const { rows, cols, data } = await readNpy(write(bytes))
  return { rows, cols, values: [...data] }
}

describe('readNpy', () => {
  test.each([
    ['<f4', Float32Array],
    ['<f8', Float64Array],
    ['<i4', Int32Array],
    ['<u4', Uint32Array],
    ['<i2', Int16Array],
    ['<u2', Uint16Array],
    ['|i1', Int8Array],
    ['|u1', Uint8Array],
    ['|b1', Uint8Array],
  ])('%s', async (descr, Kind) => {
    const bytes = npy(dictionary(descr, '2, 3'), Kind.from([1, 0, 3, 4, 5, 6]))
    expect(await read(bytes)).toEqual({ rows: 2, cols: 3, values: [1, 0, 3, 4, 5, 6] })
    expect(await read(gzipSync(bytes))).toEqual({ rows: 2, cols: 3, values: [1, 0, 3, 4, 5, 6] })
  })

  test('64-bit whole numbers, negative ones too', async () => {
    expect((await read(npy(dictionary('<i8', '2,'), BigInt64Array.from([-3n, 7n])))).values).toEqual([-3, 7])
    expect((await read(npy(dictionary('<u8', '2,'), BigUint64Array.from([3n, 7n])))).values).toEqual([3, 7])
  })

  test('one axis is a column, three are laid side by side, Fortran order is turned', async () => {
    expect(await read(npy(dictionary('<f4', '3,'), Float32Array.of(1, 2, 3)))).toMatchObject({
      rows: 3,
      cols: 1,
    })
    const cube = npy(dictionary('|u1', '2, 2, 2'), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
    expect(await read(cube)).toEqual({ rows: 2, cols: 4, values: [1, 2, 3, 4, 5, 6, 7, 8] })
    const turned = npy(dictionary('<f4', '2, 3', 'True'), Float32Array.of(1, 4, 2, 5, 3, 6))
    expect(await read(turned)).toEqual({ rows: 2, cols: 3, values: [1, 2, 3, 4, 5, 6] })
  })

  test('format 2, keys in another order, no trailing comma', async () => {
    const header = "{'shape': (1, 2), 'fortran_order': False, 'descr': '<f4'}"
    expect((await read(npy(header, Float32Array.of(8, 9), 2))).values).toEqual([8, 9])
  })

  test('an array without rows', async () => {
    expect(await read(npy(dictionary('<f4', '0, 3'), new Float32Array(0)))).toEqual({
      rows: 0,
      cols: 3,
      values: [],
    })
  })

  test('is on the kernel heap', async () => {
    const { data } = await readNpy(write(npy(dictionary('<f4', '1, 1'), Float32Array.of(8))))
    expect(heap.place(data)).toBe(data)
  })

  test.each([
    ['not npy', Buffer.from('a,b,c,d,e,f,g\n'), /an \.npy file/],
    ['too short', Buffer.from('\u0093NUMPY', 'latin1'), /an \.npy file/],
    ['version 9', npy(dictionary('<f4', '1,'), Float32Array.of(1), 9), /version 1, 2 or 3, got 9\.0/],
    ['big endian', npy(dictionary('>f4', '1,'), Float32Array.of(1)), /a type among .*got ">f4"/],
    [
      'structured',
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", Float32Array.of(1)),
      /a type among/,
    ],
    ['objects', npy(dictionary('|O', '1,'), Float32Array.of(1)), /got "\|O"/],
    [
      'more keys',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 'y'}", Float32Array.of(1)),
      /just 'descr'/,
    ],
    [
      'code',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (f(1),), }", Float32Array.of(1)),
      /expected/,
    ],
    ['no axis', npy(dictionary('<f4', ''), Float32Array.of(1)), /at least one axis/],
    [
      'cut',
      npy(dictionary('<f4', '2, 2'), Float32Array.of(1, 2, 3)),
      /16 bytes of numbers for shape \(2, 2\), got 12/,
    ],
    ['more numbers', npy(dictionary('<f4', '2,'), Float32Array.of(1, 2, 3)), /got more bytes/],
    ['cut header', npy(dictionary('<f4', '2,'), Float32Array.of(1, 2)).subarray(0, 40), /a whole header/],
  ])('refuses: %s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message)
  })
})

test('what npyHeader begins, readNpy reads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(20), fc.nat(20), async (rows, cols) => {
      const data = Float32Array.from({ length: rows * cols }, (_, i) => i / 3)
      const header = npyHeader(rows, cols)
      expect(header.length % 64).toBe(0)
      expect(await read(Buffer.concat([header, Buffer.from(data.buffer)]))).toEqual({
        rows,
        cols,
        values: [...data],
      })
    }),
    { numRuns: 30 },
  )
})
