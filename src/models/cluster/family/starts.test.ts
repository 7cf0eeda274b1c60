import { expect, test } from 'vitest'
import { Random } from '../../../random.ts'
import { Sparse } from '../../../tensor/sparse.ts'
import { runSync } from '../../../train/run.ts'
import { mostModular } from './starts.ts'

test('of several trainings the most modular is kept, the first of equal ones; the first draws as one alone would', () => {
  // Two edges: 0–1, 2–3.
  const graph = new Sparse(
    4,
    4,
    Uint32Array.of(0, 1, 2, 3, 4),
    Int32Array.of(1, 0, 3, 2),
    null,
  ).declareSymmetric()
  const answers = [
    [0, 1, 0, 1],
    [0, 0, 1, 1],
    [1, 1, 0, 0],
    [0, 0, 0, 0],
  ]
  const drawn: number[] = []
  let run = 0
  const state = runSync(
    mostModular(4, graph, new Random(5), function* (rng) {
      drawn.push(rng.uint32())
      yield { phase: 'train', done: 1, of: 1, unit: 'epochs' }
      const labels = Int32Array.from(answers[run++])
      return { labels, clusters: 2, probabilities: null, latent: null, centres: null, facts: { run } }
    }),
  )
  expect([...state.labels]).toEqual([0, 0, 1, 1])
  // By hand: no edge within, Q = −½; both within, Q = 1 − ½; all in one, 0.
  expect(state.facts).toEqual({ run: 2, startModularities: [-0.5, 0.5, 0.5, 0] })
  expect(drawn[0]).toBe(new Random(5).uint32())
  expect(new Set(drawn).size).toBe(4)
})
