import { describe, expect, test } from 'vitest'
import { Heap, heap, HEAP_BASE, Region } from './heap.ts'

describe('arrays', () => {
  test('are zeroed, also where a block is used again', () => {
    const h = new Heap()
    h.scope(() => h.f32(100).fill(7))
    expect([...h.f32(100)]).toEqual(Array(100).fill(0))
    h.scope(() => h.scratchF32(10).fill(7))
    expect([...h.i32(10), ...h.u32(10), ...h.u8(40)]).toEqual(Array(60).fill(0))
  })

  test('have the asked length, lie in shared memory above the static data, aligned to 64 bytes, and do not overlap', () => {
    const h = new Heap()
    const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 100, 1000, 4097, 70_000, 20_000_000]
    const arrays = lengths.map((length) => h.scratchF32(length))
    expect(arrays.map((a) => a.length)).toEqual(lengths)
    for (const a of arrays) {
      expect(a.buffer).toBeInstanceOf(SharedArrayBuffer)
      expect(a.byteOffset % 64).toBe(0)
      expect(a.byteOffset).toBeGreaterThanOrEqual(HEAP_BASE)
    }
    const ends = arrays.map((a) => a.byteOffset + a.byteLength)
    for (const [i, a] of arrays.entries()) {
      if (i > 0) expect(a.byteOffset).toBeGreaterThanOrEqual(ends[i - 1])
    }
  })

  test('waste less than a quarter', () => {
    for (const length of [65, 100, 1025, 5000, 99_999, 1_000_001]) {
      const h = new Heap()
      h.scratchF32(length)
      expect(h.bytesInUse).toBeGreaterThanOrEqual(length * 4)
      expect(h.bytesInUse).toBeLessThan(length * 4 * 1.25)
    }
  })

  test('of a size that is none are refused', () => {
    for (const length of [-1, NaN, 0.3]) {
      expect(() => heap.f32(length)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }))
    }
  })
})

describe('place and copy', () => {
  test('place leaves heap arrays alone and brings others in', () => {
    const inside = heap.f32(3)
    expect(heap.place(inside)).toBe(inside)
    for (const outside of [
      Float32Array.of(1, 2),
      Int32Array.of(-3),
      Uint32Array.of(4, 5),
      Uint8Array.of(6),
    ]) {
      const placed = heap.place(outside)
      expect(placed.buffer).toBeInstanceOf(SharedArrayBuffer)
      expect(placed.constructor).toBe(outside.constructor)
      expect([...placed]).toEqual([...outside])
    }
  })

  test('a copy made in an outer region outlives the inner one', () => {
    const h = new Heap()
    const keep = new Region()
    const copy = h.scope(() => {
      const inner = h.f32(50).fill(3)
      return h.within(keep, () => h.copy(inner))
    })
    h.f32(50).fill(9)
    expect([...copy]).toEqual(Array(50).fill(3))
  })
})

describe('regions', () => {
  test('a steady loop takes nothing more from the system', () => {
    const h = new Heap()
    const step = (): void =>
      h.scope(() => {
        for (const length of [10, 1000, 1000, 30_000]) h.f32(length)
      })
    step()
    const { bytesReserved, bytesInUse } = h
    for (let i = 0; i < 200; i++) step()
    expect(h.bytesReserved).toBe(bytesReserved)
    expect(h.bytesInUse).toBe(bytesInUse)
    expect(bytesInUse).toBe(0)
  })

  test('blocks in use are never given out twice', () => {
    const h = new Heap()
    const kept = h.f32(100).fill(1)
    h.scope(() => {
      h.f32(100).fill(2)
      h.scope(() => h.f32(100).fill(3))
      h.f32(100).fill(4)
    })
    expect([...kept]).toEqual(Array(100).fill(1))
  })

  test('a scope that throws gives its blocks back and restores the region', () => {
    const h = new Heap()
    const outer = h.region
    const work = (): void => {
      h.f32(10)
      throw new Error('stop')
    }
    expect(() => h.scope(work)).toThrow('stop')
    expect(h.bytesInUse).toBe(0)
    expect(h.region).toBe(outer)
  })

  test('a region can be filled in turns, and used again after closing', () => {
    const h = new Heap()
    const region = new Region()
    h.within(region, () => h.f32(100))
    h.within(region, () => h.f32(100))
    expect(h.bytesInUse).toBe(2 * 448)
    h.close(region)
    h.close(region)
    expect(h.bytesInUse).toBe(0)
    h.within(region, () => h.f32(100))
    expect(h.bytesInUse).toBe(448)
  })
})

describe('beyond 4 GiB', () => {
  const gibibyte = 2 ** 28

  test('is refused with what to do', () => {
    const h = new Heap()
    h.scratchF32(3.5 * gibibyte)
    expect(() => h.scratchF32(gibibyte)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
    expect(() => h.scratchF32(gibibyte)).toThrow('HOMOPHILY_BACKEND=native')
    // What still fits is still given.
    expect(h.f32(1000).length).toBe(1000)
  })

  test('is a buffer of its own where the backend allows it', () => {
    const h = new Heap()
    h.allowExternal = true
    h.scratchF32(3.5 * gibibyte)
    const far = h.scratchF32(gibibyte)
    expect(far.buffer).not.toBe(h.memory.buffer)
    expect(far.length).toBe(gibibyte)
    expect(h.place(far)).toBe(far)
  })
})
