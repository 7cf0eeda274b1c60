import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fingerprintFile, readSafetensors, writeSafetensors } from './safetensors.ts'
import type { StoredTensor } from './safetensors.ts'

let directory = ''
let path = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'safetensors-'))
  path = join(directory, 'x.safetensors')
})
afterAll(() => rm(directory, { recursive: true }))

const goldenHeader =
  '{"__metadata__":{"k":"v"},' +
  '"f":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
  '"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}'
const golden = Buffer.concat([
  Buffer.from([136, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from(goldenHeader.padEnd(136, ' ')),
  Buffer.from([0, 0, 128, 63, 0, 0, 0, 192]),
  Buffer.from([1, 2, 255]),
])
const goldenTensors = {
  b: { data: new Uint8Array([1, 2, 255]), shape: [3] },
  f: { data: new Float32Array([1, -2]), shape: [2] },
}

/** A file with `header` (an object, or text as it is) and `dataBytes` bytes after it. */
async function put(header: unknown, dataBytes: number): Promise<void> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  await writeFile(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]))
}

describe('the format', () => {
  test('writes the bytes that the format prescribes', async () => {
    const { bytes, sha256 } = await writeSafetensors(path, goldenTensors, { k: 'v' })
    const written = await readFile(path)
    expect(written.subarray(0, 8 + 136).toString('latin1')).toBe(
      golden.subarray(0, 8 + 136).toString('latin1'),
    )
    expect(written.equals(golden)).toBe(true)
    expect(await fingerprintFile(path)).toEqual({ bytes, sha256 })
    expect(bytes).toBe(golden.length)
  })

  test('reads them back', async () => {
    await writeFile(path, golden)
    const { tensors, metadata, fingerprint } = await readSafetensors(path)
    expect(tensors).toEqual(goldenTensors)
    expect(metadata).toEqual({ k: 'v' })
    expect(fingerprint).toEqual(await fingerprintFile(path))
  })
})

describe('round trips', () => {
  test('every dtype, odd lengths, scalars, empty tensors, odd names, shared memory', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(64), 4, 5)
    shared.set([0.1, -0, NaN, Infinity, 1e-45])
    const tensors: Record<string, StoredTensor> = {
      bytes: { data: new Uint8Array([7, 8, 9]), shape: [3, 1] },
      shared: { data: shared, shape: [5] },
      doubles: { data: new Float64Array([Math.PI, 5e-324]), shape: [1, 2] },
      signed: { data: new Int32Array([-1, 2 ** 31 - 1]), shape: [2] },
      unsigned: { data: new Uint32Array([2 ** 32 - 1]), shape: [] },
      empty: { data: new Float32Array(0), shape: [0, 64] },
      '': { data: new Uint8Array(1), shape: [1] },
      'naïve "/\n用户': { data: new Uint8Array(2), shape: [2] },
    }
    Object.defineProperty(tensors, '__proto__', {
      value: { data: new Uint8Array([5]), shape: [1] },
      enumerable: true,
    })
    await writeSafetensors(path, tensors)
    const read = await readSafetensors(path)
    expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tensors).sort())
    for (const [name, { data, shape }] of Object.entries(tensors)) {
      const back = Object.getOwnPropertyDescriptor(read.tensors, name)!.value as StoredTensor
      expect(back.shape).toEqual(shape)
      expect(back.data.constructor).toBe(data.constructor)
      expect([...back.data]).toEqual([...data])
    }
    expect(read.metadata).toEqual({})
  })

  test('no tensors at all', async () => {
    await writeSafetensors(path, {})
    expect((await readSafetensors(path)).tensors).toEqual({})
  })

  test('more than one piece', async () => {
    const data = new Uint32Array((40 << 20) / 4 + 3)
    for (let i = 0; i < data.length; i++) data[i] = Math.imul(i, 2654435761)
    await writeSafetensors(path, { data: { data, shape: [data.length] } })
    const back = (await readSafetensors(path)).tensors.data.data
    expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(data.buffer))).toBe(0)
  })
})

describe('what cannot be written leaves the file before it in place', () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>, string, RegExp][] = [
    [
      'a shape too small',
      { t: { data: new Float32Array(3), shape: [2] } },
      {},
      'SHAPE',
      /"t": expected a shape with 3 elements, got \[2\]/,
    ],
    ['a negative shape', { t: { data: new Float32Array(1), shape: [-1, -1] } }, {}, 'SHAPE', /\[-1, -1\]/],
    [
      'a reserved name',
      { __metadata__: { data: new Float32Array(0), shape: [0] } },
      {},
      'ARGUMENT',
      /__metadata__/,
    ],
    ['half a surrogate', { '\ud800': { data: new Float32Array(0), shape: [0] } }, {}, 'ARGUMENT', /Unicode/],
    ['another array type', { t: { data: new Int16Array(1), shape: [1] } }, {}, 'ARGUMENT', /Int16Array/],
    ['metadata that is no text', {}, { epoch: 3 }, 'ARGUMENT', /metadata "epoch".*got number/],
  ]
  test.each(cases)('%s', async (_, tensors, metadata, code, message) => {
    await writeFile(path, golden)
    const writing = writeSafetensors(
      path,
      tensors as Record<string, StoredTensor>,
      metadata as Record<string, string>,
    )
    await expect(writing).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect((await readFile(path)).equals(golden)).toBe(true)
    expect(await readdir(directory)).toEqual(['x.safetensors'])
  })
})

describe('damage', () => {
  const good = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
  const cases: [string, unknown, number, RegExp][] = [
    ['not JSON', '{"t":', 0, /a header in JSON/],
    ['an array', '[]', 0, /a JSON object/],
    ['null', 'null', 0, /a JSON object/],
    ['no entry', { t: 3 }, 0, /tensor "t" to have dtype, shape/],
    ['unknown dtype', { t: { ...good, dtype: 'F16' } }, 4, /dtype of F64, F32, I32, U32, U8, got "F16"/],
    ['a dtype from the prototype', { t: { ...good, dtype: 'toString' } }, 4, /got "toString"/],
    ['missing dtype', { t: { shape: [1], data_offsets: [0, 4] } }, 4, /got none/],
    ['fractional shape', { t: { ...good, shape: [0.5] } }, 4, /shape of whole numbers, got \[0.5\]/],
    ['negative shape', { t: { ...good, shape: [-1] } }, 4, /shape of whole numbers/],
    [
      'reversed offsets',
      { t: { ...good, data_offsets: [4, 0] } },
      4,
      /data_offsets \[begin, end\], got \[4,0\]/,
    ],
    ['three offsets', { t: { ...good, data_offsets: [0, 4, 8] } }, 4, /data_offsets/],
    ['shape and bytes differ', { t: { ...good, shape: [2] } }, 4, /shape \[2\] to take 8 bytes, got 4 bytes/],
    [
      'a shape beyond all numbers',
      { t: { ...good, shape: [2 ** 40, 2 ** 40] } },
      4,
      /to take .* bytes, got 4/,
    ],
    ['a hole', { t: good, u: { ...good, data_offsets: [8, 12] } }, 12, /"u" to start at byte 4 .* got 8/],
    [
      'overlap',
      { t: good, u: { dtype: 'U8', shape: [4], data_offsets: [2, 6] } },
      6,
      /"u" to start at byte 4 .* got 2/,
    ],
    ['bytes left over', { t: good }, 7, /4 bytes of data .*got 7 bytes/],
    ['cut short', { t: good }, 3, /4 bytes of data .*got 3 bytes/],
    ['metadata that is no text', { __metadata__: { a: 1 } }, 0, /__metadata__ to map names to text/],
  ]
  test.each(cases)('%s', async (_, header, dataBytes, message) => {
    await put(header, dataBytes)
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'ARTEFACT',
      message: expect.stringMatching(message),
    })
  })

  test('every length shorter than the whole is refused', async () => {
    for (let length = 0; length < golden.length; length++) {
      await writeFile(path, golden.subarray(0, length))
      await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'ARTEFACT' })
    }
  })

  test('a header length beyond the file, and beyond reason', async () => {
    for (const length of [golden.length - 7, 2 ** 40]) {
      const bytes = Buffer.from(golden)
      bytes.writeBigUInt64LE(BigInt(length))
      await writeFile(path, bytes)
      await expect(readSafetensors(path)).rejects.toMatchObject({
        code: 'ARTEFACT',
        message: expect.stringMatching(/header of at most/),
      })
    }
  })

  test('a file that is not there', async () => {
    await expect(readSafetensors(join(directory, 'none'))).rejects.toMatchObject({ code: 'MISSING' })
  })
})
