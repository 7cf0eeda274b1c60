import { describe, expect, test } from 'vitest'
import { gradientError, sample, weigh } from '../../test/gradients.ts'
import { HomophilyError } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import * as t from './index.ts'
import { Matrix, Sparse } from './index.ts'

const index = heap.place(new Int32Array([2, 0, 2, 3]))
const sparse = new Sparse(
  3,
  4,
  new Uint32Array([0, 2, 2, 5]),
  new Int32Array([0, 3, 0, 1, 2]),
  new Float32Array([0.5, -1, 2, 1, 0.3]),
).placed()
const ones = new Sparse(2, 4, new Uint32Array([0, 3, 4]), new Int32Array([0, 1, 3, 3]), null).placed()

const edges = new t.EdgePattern(sparse)

/** Every differentiable op: [name, function of the inputs, inputs]. */
const cases: readonly (readonly [string, (...x: Matrix<'r', 'one'>[]) => Matrix, readonly Matrix[]])[] = [
  ['matmul', t.matmul, [sample(3, 4, 1), sample(4, 5, 2)]],
  ['matmulTransposed', t.matmulTransposed, [sample(3, 4, 1), sample(5, 4, 2)]],
  ['spmm', (x) => t.spmm(sparse, x), [sample(4, 5, 1)]],
  ['spmm of ones', (x) => t.spmm(ones, x), [sample(4, 5, 1)]],
  ['transpose', t.transpose, [sample(3, 5, 1)]],
  ['addBias', t.addBias, [sample(3, 4, 1), sample(1, 4, 2)]],
  ['gather', (x) => t.gather(x, index), [sample(4, 3, 1)]],
  ['concatColumns', t.concatColumns, [sample(3, 2, 1), sample(3, 4, 2), sample(3, 1, 3)]],
  ['rowDot', t.rowDot, [sample(4, 3, 1), sample(4, 3, 2)]],
  ['scaleRows', t.scaleRows, [sample(4, 3, 1), sample(4, 1, 2)]],
  ['rowSum', t.rowSum, [sample(4, 3, 1)]],
  ['rowSumSquares', t.rowSumSquares, [sample(4, 3, 1)]],
  ['logSumExp', t.logSumExp, [sample(4, 3, 1)]],
  ['softmax', t.softmax, [sample(4, 3, 1)]],
  ['normalizeRows', t.normalizeRows, [sample(4, 3, 1)]],
  ['squaredDistances', t.squaredDistances, [sample(4, 3, 1), sample(5, 3, 2)]],
  ['edgeSum', (s, u) => t.edgeSum(edges, s, u), [sample(3, 1, 1), sample(4, 1, 2)]],
  ['edgeSoftmax', (x) => t.edgeSoftmax(edges, x), [sample(5, 1, 1)]],
  ['edgeProduct', (w, x) => t.edgeProduct(edges, w, x), [sample(5, 1, 1), sample(4, 3, 2)]],
  ['relu', t.relu, [sample(4, 3, 1)]],
  ['leakyRelu', (x) => t.leakyRelu(x, 0.3), [sample(4, 3, 1)]],
  ['elu', t.elu, [sample(4, 3, 1)]],
  ['sigmoid', t.sigmoid, [sample(4, 3, 1)]],
  ['tanh', t.tanh, [sample(4, 3, 1)]],
  ['softplus', t.softplus, [sample(4, 3, 1)]],
  ['exp', t.exp, [sample(4, 3, 1)]],
  ['log', t.log, [sample(4, 3, 1, true)]],
  ['sqrt', t.sqrt, [sample(4, 3, 1, true)]],
  ['square', t.square, [sample(4, 3, 1)]],
  ['reciprocal', t.reciprocal, [sample(4, 3, 1)]],
  ['add', t.add, [sample(4, 3, 1), sample(4, 3, 2)]],
  ['sub', t.sub, [sample(4, 3, 1), sample(4, 3, 2)]],
  ['mul', t.mul, [sample(4, 3, 1), sample(4, 3, 2)]],
  ['div', t.div, [sample(4, 3, 1), sample(4, 3, 2)]],
  ['scale', (x) => t.scale(x, -1.5, 0.5), [sample(4, 3, 1)]],
  ['neg', t.neg, [sample(4, 3, 1)]],
  ['sum', t.sum, [sample(4, 3, 1)]],
  ['mean', t.mean, [sample(4, 3, 1)]],
  ['columnSum', t.columnSum, [sample(4, 3, 1)]],
  ['dropout', (x) => t.dropout(x, 0.4, new Random(5)), [sample(4, 3, 1)]],
]

describe('gradients agree with central differences', () => {
  test.each(cases)('%s', (_, op, inputs) => {
    const loss = (x: readonly Matrix[]): Matrix => weigh(op(...(x as Matrix<'r', 'one'>[])))
    expect(gradientError(loss, inputs)).toBeLessThan(4e-3)
  })

  test('every op that the tensor room exports stands in the table', () => {
    const named = new Set(cases.map(([name]) => name))
    const rest = new Set([
      'Matrix',
      'Sparse',
      'EdgePattern',
      'valueAndGrad',
      'adam',
      'sgd',
      'constant',
      'cosine',
      'linear',
      'stepped',
      'warmup',
    ])
    expect(Object.keys(t).filter((name) => !named.has(name) && !rest.has(name))).toEqual([])
  })
})

describe('valueAndGrad', () => {
  test('a matrix used twice gets the sum of both gradients, in the shape of the tree', () => {
    const params = { a: Matrix.from([[3]]), rest: [Matrix.from([[2]])] as const }
    const { value, grads } = t.valueAndGrad((p) => t.add(t.mul(p.a, p.a), t.mul(p.a, p.rest[0])), params)
    expect(value).toBe(15)
    expect(grads.a.item()).toBe(8)
    expect(grads.rest[0].item()).toBe(3)
  })

  test('a parameter that the loss ignores gets zeros', () => {
    const { grads } = t.valueAndGrad((p) => t.sum(p.used), {
      used: Matrix.from([[1]]),
      ignored: Matrix.from([[1, 2]]),
    })
    expect([...grads.ignored.data]).toEqual([0, 0])
  })

  test('gradients of a step survive the scopes inside ops and end with the step', () => {
    const x = sample(50, 20, 1)
    const before = heap.bytesInUse
    heap.scope(() => {
      const { grads } = t.valueAndGrad((p) => weigh(t.normalizeRows(t.softmax(t.square(p)))), x)
      const copy = grads.data.slice()
      heap.scratchF32(1000).fill(7)
      expect(grads.data).toEqual(copy)
    })
    expect(heap.bytesInUse).toBe(before)
  })

  test('refuses a loss that is not one number or does not depend on the parameters', () => {
    const x = sample(2, 2, 1)
    expect(() => t.valueAndGrad((p) => p, x)).toThrow(
      'valueAndGrad: expected a 1 × 1 loss (reduce it with sum or mean), got 2 × 2',
    )
    expect(() => t.valueAndGrad(() => Matrix.from([[1]]), x)).toThrow(HomophilyError)
  })
})

describe('values', () => {
  test('known answers', () => {
    const a = Matrix.from([
      [1, 2],
      [3, 4],
    ])
    expect([...t.matmul(a, a).data]).toEqual([7, 10, 15, 22])
    expect([...t.squaredDistances(a, a).data]).toEqual([0, 8, 8, 0])
    expect([
      ...t.normalizeRows(
        Matrix.from([
          [3, 4],
          [0, 0],
        ]),
      ).data,
    ]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8), 0, 0])
    expect(t.logSumExp(Matrix.from([[1000, 1000]])).item()).toBeCloseTo(1000 + Math.log(2), 3)
    expect([...t.softplus(Matrix.from([[-200, 0, 200]])).data]).toEqual([
      expect.closeTo(0),
      expect.closeTo(Math.log(2)),
      200,
    ])
  })

  test('dropout keeps the mean and zeroes about the asked share', () => {
    const x = Matrix.zeros(200, 100)
    x.data.fill(1)
    const y = t.dropout(x, 0.3, new Random(1))
    expect(y.data.filter((v) => v === 0).length / y.data.length).toBeCloseTo(0.3, 1)
    expect(t.mean(y).item()).toBeCloseTo(1, 1)
  })

  test('empty matrices pass through', () => {
    const x = Matrix.zeros(0, 3)
    expect(t.sum(x).item()).toBe(0)
    expect(t.relu(x).data.length).toBe(0)
    expect([...t.columnSum(x).data]).toEqual([0, 0, 0])
  })
})

describe('shape errors say what was expected and what came', () => {
  const a = sample(2, 3, 1)
  test.each<[string, () => unknown]>([
    ['matmul: expected a right-hand side with 3 rows, got 2 × 3', () => t.matmul(a, a)],
    [
      'matmulTransposed: expected a right-hand side with 3 columns, got 3 × 2',
      () => t.matmulTransposed(a, sample(3, 2, 1)),
    ],
    ['spmm: expected a right-hand side with 4 rows, got 2 × 3', () => t.spmm(sparse, a)],
    ['addBias: expected a bias of 1 × 3, got 1 × 2', () => t.addBias(a, sample(1, 2, 1))],
    ['gather: expected row numbers from 0 to 1, got 2 at place 0', () => t.gather(a, index)],
    ['rowDot: expected 2 × 3, got 3 × 2', () => t.rowDot(a, sample(3, 2, 1))],
    ['scaleRows: expected factors of 2 × 1, got 2 × 3', () => t.scaleRows(a, a as Matrix<string, 'one'>)],
    ['add: expected 2 × 3, got 3 × 3', () => t.add(a, sample(3, 3, 1))],
    ['concatColumns: expected parts with 2 rows, got 3 × 3', () => t.concatColumns(a, sample(3, 3, 1))],
    [
      'squaredDistances: expected a second matrix with 3 columns, got 2 × 2',
      () => t.squaredDistances(a, sample(2, 2, 1)),
    ],
    ['dropout rate: expected at least 0 and below 1, got 1', () => t.dropout(a, 1, new Random(1))],
  ])('%s', (message, run) => {
    expect(run).toThrow(message)
  })
})
