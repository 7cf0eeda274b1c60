import { describe, expect, test } from 'vitest'
import { gradientError, sample } from '../../../test/gradients.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { matmulTransposed } from '../../tensor/linear.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { sigmoid } from '../../tensor/elementwise.ts'
import { Random } from '../../random.ts'
import { createStack, dense as denseLayer, stack } from '../layers/dense.ts'
import { withTranspose } from '../rows.ts'
import { decodedError, sparseLinearError } from './linear-reconstruction.ts'
import { klDivergence } from './cross-entropy.ts'
import { linkReconstruction } from './link-reconstruction.ts'
import { bernoulliError, meanSquaredError } from './reconstruction.ts'

const sparse = new Sparse(2, 3, new Uint32Array([0, 1, 3]), new Int32Array([1, 0, 2]), null).placed()
const dense = Matrix.from([
  [0, 1, 0],
  [1, 0, 1],
])

describe('reconstruction', () => {
  test('known answers', () => {
    const xHat = Matrix.from([
      [1, 3, 0],
      [1, -2, 0.5],
    ])
    expect(meanSquaredError(xHat, dense).item()).toBeCloseTo((1 + 4 + 0 + 0 + 4 + 0.25) / 6, 6)
    const logit = Matrix.from([[0, 800, -800]])
    const soft = Matrix.from([[1, 1, 0]])
    expect(bernoulliError(logit, soft).item()).toBeCloseTo(Math.LN2, 6)
  })

  test.each([
    ['meanSquaredError', meanSquaredError],
    ['bernoulliError', bernoulliError],
  ])('%s: sparse targets count like dense ones; gradients agree with central differences', (_, term) => {
    const x = sample(2, 3, 1)
    expect(term(x, sparse).item()).toBeCloseTo(term(x, dense).item(), 6)
    for (const target of [sparse, dense]) expect(gradientError((p) => term(p, target), x)).toBeLessThan(4e-3)
  })

  test('shapes must agree', () => {
    expect(() => meanSquaredError(sample(3, 2, 1), dense)).toThrow(
      'meanSquaredError: expected 2 × 3, got 3 × 2',
    )
  })
})

describe('reconstruction by a linear layer, of sparse rows', () => {
  const x = withTranspose(sparse)
  const params = { h: sample(2, 2, 1), weight: sample(2, 3, 2), bias: sample(1, 3, 3) }
  test('is the error of what it decodes, without decoding', () => {
    const decoded = meanSquaredError(denseLayer(params.h, params, 'linear'), dense)
    expect(sparseLinearError(params.h, params, x).item()).toBeCloseTo(decoded.item(), 5)
  })

  test('gradients agree with central differences', () => {
    expect(gradientError((p) => sparseLinearError(p.h, p, x), params)).toBeLessThan(4e-3)
  })

  test.each([1, 8])('a decoder may take either way: a code of %i', (width) => {
    const decoder = createStack([width, 2, 3], new Random(1))
    const z = sample(2, width, 5)
    expect(decodedError(decoder, z, x).item()).toBeCloseTo(
      meanSquaredError(stack(decoder, z), dense).item(),
      5,
    )
    expect(decodedError(decoder.slice(1), params.h, dense).item()).toBeCloseTo(
      decodedError(decoder.slice(1), params.h, x).item(),
      5,
    )
  })
})

describe('klDivergence', () => {
  const p = Matrix.from<'node', 'cluster'>([
    [0.75, 0.25],
    [1, 0],
  ])
  test('of two assignments against logits, worked by hand', () => {
    const logits = Matrix.from<'node', 'cluster'>([
      [0, 0],
      [Math.log(3), 0],
    ])
    const expected = (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5) + Math.log(4 / 3)) / 2
    expect(klDivergence(p, logits).item()).toBeCloseTo(expected, 6)
  })

  test('is finite where an assignment vanishes; gradients agree with central differences', () => {
    expect(
      klDivergence(
        p,
        Matrix.from([
          [0, 0],
          [-500, 0],
        ]),
      ).item(),
    ).toBeCloseTo((0.130812 + 500) / 2, 3)
    expect(gradientError((l) => klDivergence(p, l as typeof p), sample(2, 2, 1))).toBeLessThan(4e-3)
  })
})

describe('linkReconstruction', () => {
  /** A triangle with a tail, and loops. */
  const graph = new Sparse(
    4,
    4,
    new Uint32Array([0, 3, 6, 10, 12]),
    new Int32Array([0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 2, 3]),
    null,
  )
    .placed()
    .declareSymmetric()

  test('is the weighted cross-entropy over all pairs', () => {
    const z = sample(4, 2, 1)
    const s = sigmoid(matmulTransposed(z, z))
    let expected = 0
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const q = s.data[i * 4 + j]
        expected -= graph.has(i, j) ? 3 * Math.log(q) : Math.log(1 - q)
      }
    }
    expect(linkReconstruction(z, graph, 3).item()).toBeCloseTo(expected / 16, 5)
  })

  test('gradients agree with central differences', () => {
    expect(gradientError((z) => linkReconstruction(z, graph, 3), sample(4, 2, 1))).toBeLessThan(4e-3)
  })
})
