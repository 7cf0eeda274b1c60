import { describe, expect, test } from 'vitest'
import { gradientError, sample, weigh } from '../../../test/gradients.ts'
import { normalised, withLoops } from '../../graph/normalise.ts'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import { EdgePattern } from '../../tensor/edges.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { withTranspose } from '../rows.ts'
import { batchNorm, type BatchStatistics, createBatchNorm } from './batch-norm.ts'
import { createStack, dense, stack } from './dense.ts'
import { attend, createAttention } from './graph-attention.ts'
import { convolve, graphConvolution } from './graph-convolution.ts'

/** A path of three nodes, 0 – 1 – 2. */
const path = new Sparse(3, 3, new Uint32Array([0, 1, 3, 4]), new Int32Array([1, 0, 2, 1]), null)
  .placed()
  .declareSymmetric()
const sparseRows = withTranspose(
  new Sparse(
    3,
    4,
    new Uint32Array([0, 2, 2, 4]),
    new Int32Array([0, 3, 1, 2]),
    new Float32Array([1, -2, 0.5, 3]),
  ),
)
const denseRows = Matrix.from([
  [1, 0, 0, -2],
  [0, 0, 0, 0],
  [0, 0.5, 3, 0],
])

describe('dense', () => {
  test('f(XW + b), worked by hand', () => {
    const layer = {
      weight: Matrix.from([
        [1, -1],
        [2, 0],
      ]),
      bias: Matrix.from([[0.5, -3]]),
    }
    expect([...dense(Matrix.from([[1, 2]]), layer, 'linear').data]).toEqual([5.5, -4])
    expect([...dense(Matrix.from([[1, 2]]), layer, 'relu').data]).toEqual([5.5, 0])
  })

  test.each(['relu', 'linear'] as const)('gradients agree with central differences: %s', (activation) => {
    const params = { x: sample(5, 4, 1), weight: sample(4, 3, 2), bias: sample(1, 3, 3) }
    expect(gradientError((p) => weigh(dense(p.x, p, activation)), params, 1e-3)).toBeLessThan(4e-3)
  })

  test('sparse rows give the values and gradients of dense ones', () => {
    const layers = createStack([4, 3, 2], new Random(1))
    expect([...stack(layers, sparseRows).data]).toEqual(
      [...stack(layers, denseRows).data].map((v) => expect.closeTo(v, 5)),
    )
    expect(gradientError((p) => weigh(stack(p, sparseRows)), layers, 1e-3)).toBeLessThan(4e-3)
  })

  test('names the shape it expected', () => {
    const [layer] = createStack([4, 3], new Random(1))
    expect(() => dense(sample(2, 5, 1), layer, 'relu')).toThrow(
      'dense: expected rows of 4 features, got 2 × 5',
    )
  })
})

describe('adjacency', () => {
  test('loops are added where they are missing, in order', () => {
    const looped = withLoops(
      new Sparse(2, 2, new Uint32Array([0, 2, 3]), new Int32Array([0, 1, 0]), new Float32Array([7, 2, 2])),
    )
    expect([[...looped.indptr], [...looped.indices], [...looped.values!]]).toEqual([
      [0, 2, 4],
      [0, 1, 0, 1],
      [1, 2, 2, 1],
    ])
  })

  test('both normalisations, worked by hand; an isolated node keeps its loop', () => {
    const looped = withLoops(path)
    const [r2, r3] = [Math.SQRT1_2, Math.sqrt(1 / 3)]
    const close = (values: number[]) => values.map((v) => expect.closeTo(v, 6))
    expect([...normalised(looped, 'row').values!]).toEqual(close([0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 0.5, 0.5]))
    expect([...normalised(looped, 'symmetric').values!]).toEqual(
      close([0.5, r2 * r3, r2 * r3, 1 / 3, r2 * r3, r2 * r3, 0.5]),
    )
    const alone = withLoops(new Sparse(1, 1, new Uint32Array(2), new Int32Array(0), null))
    expect([...normalised(alone, 'symmetric').values!]).toEqual([1])
  })
})

describe('graph convolution', () => {
  const a = normalised(withLoops(path), 'row').placed()
  test('max(ÂXW, 0) of a path of three nodes, worked by hand', () => {
    const x = Matrix.from([[1], [2], [6]])
    // ÂX = [1.5, 3, 4]
    expect([...graphConvolution(a, x, Matrix.from([[2, -1]])).data]).toEqual(
      [3, 0, 6, 0, 8, 0].map((v) => expect.closeTo(v, 5)),
    )
  })

  test('which side is multiplied first does not matter', () => {
    const [x, w] = [sample(3, 2, 1), sample(2, 5, 2)]
    const wide = convolve(a, x, w)
    const narrow = convolve(
      a,
      withTranspose(
        new Sparse(3, 2, new Uint32Array([0, 2, 4, 6]), new Int32Array([0, 1, 0, 1, 0, 1]), x.data),
      ),
      w,
    )
    expect([...wide.data]).toEqual([...narrow.data].map((v) => expect.closeTo(v, 5)))
  })

  test.each([
    [2, 5],
    [5, 2],
  ])('gradients agree with central differences, %i to %i', (from, to) => {
    const params = { x: sample(3, from, 1), w: sample(from, to, 2) }
    expect(gradientError(({ x, w }) => weigh(convolve(a, x, w)), params)).toBeLessThan(4e-3)
  })
})

describe('graph attention', () => {
  const edges = new EdgePattern(withLoops(path))
  const sigma = (x: number): number => 1 / (1 + Math.exp(-x))
  test('α and h′ of a path of three nodes, worked by hand', () => {
    const layer = { weight: Matrix.from([[1]]), source: Matrix.from([[1]]), target: Matrix.from([[-1]]) }
    const x = Matrix.from([[0], [1], [3]])
    // Node 0: e = [0, LeakyReLU(−1)] = [0, −0.2]; h′ = 1·α_01. Node 2: e = [2, 0] over nodes 1, 2; h′ = α_21 + 3·α_22.
    const out = attend({ edges, proximity: null }, x, layer)
    expect(out.data[0]).toBeCloseTo(sigma(-0.2), 6)
    expect(out.data[2]).toBeCloseTo(sigma(2) + 3 * sigma(-2), 6)
    // Halved by M: e of node 2 is [1, 0].
    const half = Matrix.zeros(edges.count, 1)
    half.data.fill(0.5)
    expect(attend({ edges, proximity: half }, x, layer).data[2]).toBeCloseTo(sigma(1) + 3 * sigma(-1), 6)
  })

  test('gradients agree with central differences', () => {
    const layer = createAttention(4, 3, new Random(4))
    const proximity = sample(edges.count, 1, 5, true)
    expect(
      gradientError(
        (p) => weigh(attend({ edges, proximity }, p.x, p.layer)),
        { x: sample(3, 4, 1), layer },
        1e-3,
      ),
    ).toBeLessThan(4e-3)
  })
})

describe('batch normalisation', () => {
  const x = Matrix.from([
    [1, 10],
    [3, 10],
  ])
  test('of a batch by its own moments, then by the running ones', () => {
    const { layer, statistics } = createBatchNorm(2)
    layer.shift.data.set([5, 7])
    const y = batchNorm(x, layer, statistics, 0.5)
    expect([...y.data]).toEqual([4, 7, 6, 7].map((v) => expect.closeTo(v, 4)))
    expect([...statistics.mean.data]).toEqual([1, 5])
    expect([...statistics.variance.data]).toEqual([1, 0.5])
    const later = batchNorm(x, layer, statistics, null)
    expect(later.data[1]).toBeCloseTo(7 + 5 / Math.sqrt(0.5), 3)
  })

  test.each([0.1, null])('gradients agree with central differences, momentum %s', (momentum) => {
    const { layer } = createBatchNorm(3)
    const statistics = { mean: sample(1, 3, 5), variance: sample(1, 3, 6, true) }
    const params = { x: sample(5, 3, 1), gain: sample(1, 3, 2), shift: layer.shift }
    expect(
      gradientError((p) => weigh(batchNorm(p.x, p, copyOf(statistics), momentum)), params, 3e-3),
    ).toBeLessThan(4e-3)
  })
})

function copyOf({ mean, variance }: BatchStatistics): BatchStatistics {
  const copy = (m: Matrix): Matrix => new Matrix(m.rows, m.cols, heap.copy(m.data))
  return { mean: copy(mean), variance: copy(variance) }
}
