import { describe, expect, test } from 'vitest'
import { gradientError, sample, weigh } from '../../../test/gradients.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { runSync } from '../../train/run.ts'
import { klDivergence } from '../terms/cross-entropy.ts'
import { SelfTrainingHead, studentAssignment, studentLogits, targetDistribution } from './self-training.ts'

const z = Matrix.from<'node', 'latent'>([
  [0, 0],
  [1, 0],
  [3, 0],
])
const centres = Matrix.from<'cluster', 'latent'>([
  [0, 0],
  [3, 0],
])
/** 1/(1 + d²) to both centres: [1, 1/10], [1/2, 1/5], [1/10, 1]. */
const q = [
  [10 / 11, 1 / 11],
  [5 / 7, 2 / 7],
  [1 / 11, 10 / 11],
]

describe('the Student-t kernel and its target, worked by hand', () => {
  test('q', () => {
    expect([...studentAssignment(z, centres).data]).toEqual(q.flat().map((v) => expect.closeTo(v, 6)))
  })

  test('p', () => {
    const mass = [0, 1].map((j) => q.reduce((sum, row) => sum + row[j], 0))
    const expected = q.flatMap((row) => {
      const raw = row.map((value, j) => value ** 2 / mass[j])
      return raw.map((value) => value / (raw[0] + raw[1]))
    })
    expect([...targetDistribution(studentAssignment(z, centres)).data]).toEqual(
      expected.map((v) => expect.closeTo(v, 6)),
    )
  })

  test('KL(P ‖ Q) and its gradients', () => {
    const p = targetDistribution(studentAssignment(z, centres))
    const expected = q.flat().reduce((sum, value, i) => sum + p.data[i] * Math.log(p.data[i] / value), 0) / 3
    expect(klDivergence(p, studentLogits(z, centres)).item()).toBeCloseTo(expected, 6)
    const params = { z: sample(5, 3, 1), centres: sample(2, 3, 2) as typeof centres }
    const target = targetDistribution(studentAssignment(sample(5, 3, 4), params.centres))
    expect(gradientError((x) => klDivergence(target, studentLogits(x.z, x.centres)), params)).toBeLessThan(
      4e-3,
    )
    expect(gradientError((x) => weigh(studentAssignment(x.z, x.centres, 3)), params)).toBeLessThan(4e-3)
  })
})

test('a cluster that no row is near to gets no mass in the target, and no NaN', () => {
  const none = Matrix.from<'node', 'cluster'>([
    [1, 0, 0],
    [0.5, 0.5, 0],
  ])
  const p = [...targetDistribution(none).data]
  expect(p[2]).toBe(0)
  expect(p[5]).toBe(0)
  expect(p.every((value) => value >= 0 && value <= 1)).toBe(true)
})

test('the head starts from k-means and counts changed labels', () => {
  const latent = Matrix.from<'node', 'latent'>([[0], [0.1], [5], [5.2]])
  const head = new SelfTrainingHead(4, 2, 1, function* (out) {
    out.data.set(latent.data)
    yield { phase: 'encode', done: 4, of: 4, unit: 'rows' }
  })
  runSync(head.init(3, new Random(1)))
  expect(head.centres.data.slice().sort()).toEqual(new Float32Array([0.05, 5.1].map(Math.fround)))
  expect(head.labels[0]).toBe(head.labels[1])
  expect(head.labels[0]).not.toBe(head.labels[2])
  expect(runSync(head.refresh())).toBe(0)
  latent.data[1] = 5.1
  expect(runSync(head.refresh())).toBe(0.25)
})

test('a head that settles takes its centres along with a code that shrinks', () => {
  const latent = Matrix.from<'node', 'latent'>([[0], [0.2], [5], [5.2]])
  const head = new SelfTrainingHead(4, 2, 1, function* (out) {
    out.data.set(latent.data)
    yield { phase: 'encode', done: 4, of: 4, unit: 'rows' }
  })
  runSync(head.init(3, new Random(1)))
  for (let i = 0; i < 4; i++) latent.data[i] *= 0.1
  // All rows are nearer to the centre at 0.1 than to the one that was left behind at 5.1.
  expect(runSync(head.refresh())).toBe(0.5)
  expect(runSync(head.refresh(new Random(1)))).toBe(0.5)
  expect(head.centres.data.slice().sort()).toEqual(new Float32Array([0.01, 0.51].map(Math.fround)))
})
