import { execFileSync } from 'node:child_process'
import { expect, describe, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { runSync } from '../train/run.ts'
import { pairsOf } from '../../test/sparse.ts'
import { decisions, fitLogistic, type LogisticOptions } from './logistic-regression.ts'

/** x_ij = sin(1.7 i + 2.3 j + i j / 5): numbers that any program can write down. */
const x = Matrix.from(
  Array.from({ length: 40 }, (_, i) => [0, 1, 2].map((j) => Math.sin(1.7 * i + 2.3 * j + (i * j) / 5))),
)
const isPositive = Array.from(
  { length: 40 },
  (_, i) => 1.2 * x.data[3 * i] - 0.7 * x.data[3 * i + 1] + 0.4 * Math.cos(3.1 * i) > 0,
)
const binary = pairsOf(
  isPositive.map((is) => (is ? [0] : [])),
  1,
)
const classes = Array.from({ length: 40 }, (_, i) => (((i * 7) % 5) + (x.data[3 * i] > 0 ? 1 : 0)) % 3)

function solved(features: Matrix, labels: typeof binary, options?: LogisticOptions): number[][] {
  const model = runSync(fitLogistic(features, labels, options))
  return Array.from({ length: model.labels }, (_, l) => [
    ...model.weights.subarray(l * model.dim, (l + 1) * model.dim),
    model.intercepts[l],
  ])
}

const close = (numbers: readonly number[]): number[] =>
  numbers.map((n) => expect.closeTo(n, Math.abs(n) > 5 ? 3 : 4) as unknown as number)

describe('agreement with scikit-learn 1.9.1 (newton-cg, and liblinear for a penalised intercept; tol 1e-12)', () => {
  test.each([
    [0.1, 'free', [0.6685048842174409, -0.4614351461418456, 0.12530782649150835, 0.21625535457948533]],
    [0.1, 'penalised', [0.667879846957044, -0.45954056448416103, 0.12324955478583845, 0.1027015980171358]],
    [0.1, 'none', [0.6684083409608345, -0.4586310416973188, 0.12171331826972168, 0]],
    [1, 'free', [2.250854179969925, -1.5493832674786978, 0.29210456897603826, 0.34961064426755056]],
    [1, 'penalised', [2.2426677513399746, -1.5441452562857831, 0.2910520428909612, 0.2950881947806043]],
    [1, 'none', [2.2237016811589623, -1.5302792191015961, 0.28765555884633043, 0]],
    [100, 'free', [11.049733165768883, -9.859279355659584, 2.1204538050451407, 1.447432808741023]],
    [100, 'penalised', [11.015271274422597, -9.83204014391509, 2.1087717671384616, 1.4272952461096338]],
    [100, 'none', [9.950103555379219, -8.884443273104853, 1.53310252234209, 0]],
  ] as const)('C = %s, %s intercept', (c, intercept, expected) => {
    expect(solved(x, binary, { c, intercept })).toEqual([close(expected)])
  })

  test('one-vs-rest of three classes', () => {
    const rows = solved(
      x,
      pairsOf(
        classes.map((label) => [label]),
        3,
      ),
    )
    expect(rows).toEqual([
      close([-0.3318808707038488, 0.4714258210131652, 0.5963362952820724, -1.1524238164976484]),
      close([-0.07905240560048955, -0.08149291134527775, -0.004326155430333447, 0.002001134537736361]),
      close([0.4319047750423874, -0.3531564422351498, -0.5486288237609409, -1.1806199532441215]),
    ])
  })
})

test('labels solved together are solved as each alone', () => {
  const rng = new Random(3)
  const features = new Matrix(
    200,
    8,
    Float32Array.from({ length: 1600 }, () => rng.normal()),
  )
  const labels = pairsOf(
    Array.from({ length: 200 }, () => [0, 1, 2, 3].filter((l) => rng.float() < 0.1 + 0.2 * l)),
    4,
  )
  const together = solved(features, labels)
  for (let l = 0; l < 4; l++) {
    const alone = pairsOf(
      Array.from({ length: 200 }, (_, i) => (labels.has(i, l) ? [0] : [])),
      1,
    )
    expect(solved(features, alone)).toEqual([close(together[l])])
  }
})

describe('awkward data', () => {
  const line = Matrix.from([[-2], [-1], [1], [2]])
  const halves = pairsOf([[], [], [0], [0]], 1)

  test('separable data have a finite answer, larger with less penalty (scikit-learn: 1.0066, 5.8392)', () => {
    expect(solved(line, halves)[0]).toEqual(close([1.00659431, 0]))
    expect(solved(line, halves, { c: 1000 })[0]).toEqual(close([5.83922042, 0]))
    expect(solved(line, halves, { c: 1e6 })[0][0]).toBeGreaterThan(10)
  })

  test('a constant feature gets weight 0 beside a free intercept, and its share beside none', () => {
    const constant = Matrix.from([
      [-2, 7],
      [-1, 7],
      [1, 7],
      [2, 7],
    ])
    const most = pairsOf([[], [0], [0], [0]], 1)
    const alone = solved(line, most)[0]
    expect(solved(constant, most)[0]).toEqual(close([alone[0], 0, alone[1]]))
    expect(solved(constant, most, { intercept: 'none' })[0][1]).toBeGreaterThan(0.05)
  })

  test('features of very different sizes', () => {
    const scaled = new Matrix(
      40,
      3,
      x.data.map((value, e) => value * [1000, 1, 0.1][e % 3]),
    )
    const [w] = solved(scaled, binary)
    const model = runSync(fitLogistic(scaled, binary, { tolerance: 1e-5 }))
    expect(model.steps).toBeLessThan(30)
    // The large feature is as good as free of the penalty.
    expect(Math.abs(w[0] * 1000)).toBeGreaterThan(2.2)
  })

  test('labels that all or none have score ±∞', () => {
    const labels = pairsOf([[1], [1], [0, 1], [0, 1]], 3)
    const model = runSync(fitLogistic(line, labels))
    expect([...model.intercepts]).toEqual([expect.closeTo(0, 5), Infinity, -Infinity])
    const scores = decisions(model, line)
    expect([...scores.subarray(0, 3)]).toEqual([expect.closeTo(-2 * 1.00659431, 4), Infinity, -Infinity])
  })

  test('NaN, other shapes, a bad C and nothing at all are refused', () => {
    const bad = Matrix.from([[1], [NaN], [1], [2]])
    expect(() => runSync(fitLogistic(bad, halves))).toThrow(/feature 0 of example 1.*finite.*NaN/)
    expect(() => runSync(fitLogistic(x, halves))).toThrow(/labels of 40 examples, got labels of 4/)
    expect(() => runSync(fitLogistic(line, halves, { c: 0 }))).toThrow(/C: expected a number above 0/)
    expect(() => runSync(fitLogistic(Matrix.zeros(0, 1), pairsOf([], 1)))).toThrow(/without examples/)
    expect(() => decisions(runSync(fitLogistic(line, halves)), x)).toThrow(/rows of 1 features, got 3/)
  })

  test('too few steps are an error, never a half-way answer', () => {
    expect(() => runSync(fitLogistic(x, binary, { c: 100, steps: 1 }))).toThrow(
      /1 of 1 labels are not solved/,
    )
  })
})

test('gives its memory back, also half-way', () => {
  const before = heap.bytesInUse
  runSync(fitLogistic(x, binary))
  const job = fitLogistic(x, binary)
  job.next()
  job.next()
  job.return(undefined as never)
  expect(heap.bytesInUse).toBe(before)
})

const python = process.env['PYTHON']
if (!python) console.warn('PYTHON is not set: the comparison with scikit-learn on random data is skipped')

describe.skipIf(!python)('scikit-learn in this process', () => {
  const script = `
import json, sys, numpy as np
from sklearn.linear_model import LogisticRegression
q = json.load(sys.stdin)
X, Y = np.array(q['x']), np.array(q['y'])
out = []
for solver in ('newton-cg', 'liblinear'):
    fits = [LogisticRegression(C=q['c'], tol=1e-10, max_iter=100000, solver=solver).fit(X, y) for y in Y.T]
    out.append([m.coef_[0].tolist() + [m.intercept_[0]] for m in fits])
print(json.dumps(out))`

  test.each([0.1, 1, 30])('300 × 20, 5 labels, C = %s', (c) => {
    const rng = new Random(c * 10)
    const truth = Float64Array.from({ length: 100 }, () => rng.normal())
    const rows = Array.from({ length: 300 }, () =>
      Array.from({ length: 20 }, () => Math.fround(rng.normal() + 0.3)),
    )
    const y = rows.map((row) =>
      [0, 1, 2, 3, 4].map((l) =>
        row.reduce((sum, value, j) => sum + value * truth[20 * l + j], 3 * rng.normal()) > l ? 1 : 0,
      ),
    )
    const output = execFileSync(python!, ['-W', 'ignore', '-c', script], {
      input: JSON.stringify({ x: rows, y, c }),
      encoding: 'utf8',
    })
    const [free, penalised] = JSON.parse(output) as number[][][]
    const features = Matrix.from(rows)
    const labels = pairsOf(
      y.map((row) => row.flatMap((is, l) => (is ? [l] : []))),
      5,
    )
    solved(features, labels, { c }).forEach((row, l) => expect(row).toEqual(close(free[l])))
    solved(features, labels, { c, intercept: 'penalised' }).forEach((row, l) =>
      expect(row).toEqual(close(penalised[l])),
    )
  })
})
