/**
 * Every kernel of every backend against plain loops, on 1, 2 and 3 threads; and the same bits whatever the threads.
 * The native backend is tested with each instruction set that this machine can run.
 */
import { describe, expect, test } from 'vitest'
import { referenceKernels } from '../../test/reference-kernels.ts'
import type { Case } from '../../test/parity/case-list.ts'
import { elementwise } from '../../test/parity/elementwise.ts'
import { Inputs } from '../../test/parity/inputs.ts'
import { products } from '../../test/parity/products.ts'
import { rows } from '../../test/parity/rows.ts'
import { sgns } from '../../test/parity/sgns.ts'
import { heap } from './heap.ts'
import { createNativeKernels, nativeIsas } from './native.ts'
import type { Kernels } from './types.ts'
import { createWasmKernels } from './wasm.ts'

const threadCounts = [1, 2, 3]
const cases = [products, elementwise, rows, sgns].flatMap((list) => list.small)
const bigCases = [products, elementwise, rows, sgns].flatMap((list) => list.large)

function run(kernels: Kernels, body: Case['body']): (Float32Array | Int32Array)[] {
  return heap.scope(() => body(kernels, new Inputs()).map((array) => array.slice()))
}

/** Equal NaNs and infinities; else within `relative` of the expected number, or within `absolute` of it. */
function close(actual: number, expected: number, { relative, absolute }: Case): boolean {
  if (Object.is(actual, expected) || actual === expected) return true
  return Number.isFinite(expected) && Math.abs(actual - expected) <= absolute + relative * Math.abs(expected)
}

describe.each(backends())('%s', (_, create) => {
  const sets = new Map(threadCounts.map((threads) => [threads, create(threads)]))

  test.each(cases)('$name', (c) => {
    const expected = run(referenceKernels, c.body)
    for (const [threads, kernels] of sets) {
      const actual = run(kernels, c.body)
      for (const [which, array] of actual.entries()) {
        const wrong = array.findIndex((value, i) => !close(value, expected[which][i], c))
        const at = `output ${which}, element ${wrong}, ${threads} threads`
        expect({ at, value: array[wrong] }, 'first difference').toEqual({
          at,
          value: wrong < 0 ? undefined : expected[which][wrong],
        })
      }
    }
  })

  test.each(bigCases)('same bits on any number of threads: $name', (c) => {
    const first = run(sets.get(1)!, c.body).map(bytes)
    for (const threads of threadCounts.slice(1)) {
      // Twice: threads that race show in repetition.
      for (let repeat = 0; repeat < 2; repeat++) {
        const same = run(sets.get(threads)!, c.body).map((array, i) => bytes(array).equals(first[i]))
        expect(same).not.toContain(false)
      }
    }
  })
})

function bytes(array: Float32Array | Int32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

function backends(): [string, (threads: number) => Kernels][] {
  const all: [string, (threads: number) => Kernels][] = [['wasm', createWasmKernels]]
  try {
    for (const isa of nativeIsas())
      all.push([`native ${isa}`, (threads) => createNativeKernels(threads, isa)])
  } catch (error) {
    console.warn(
      `SKIPPED: parity of the native backend: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return all
}
