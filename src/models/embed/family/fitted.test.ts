import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../../../data/vocabulary.ts'
import { heap } from '../../../kernels/heap.ts'
import { FittedEmbedding } from './fitted.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
const origin = { method: 'imported', config: {}, seed: 1 }

/** In the plane: east, north-east, north, west, far east, and one without a direction. */
const compass = (): FittedEmbedding =>
  new FittedEmbedding(origin, Vocabulary.from(['e', 'ne', 'n', 'w', 'far e', 'zero']), {
    vectors: { data: Float32Array.of(1, 0, 1, 1, 0, 2, -1, 0, 9, 0, 0, 0), shape: [6, 2] },
  })
const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id)

describe('similar', () => {
  test('goes by cosine, not by length, and leaves the id itself out', () => {
    using model = compass()
    const answer = model.similar('e')
    expect(ids(answer)).toEqual(['far e', 'ne', 'n', 'zero', 'w'])
    const expected = [1, Math.SQRT1_2, 0, 0, -1]
    answer.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i], 6))
  })

  test('takes vectors too, alone and in batches, with n, exclude and filter', () => {
    using model = compass()
    expect(ids(model.similar([0, -3], { n: 2 }))).toEqual(['e', 'w'])
    const [a, b] = model.similarMany(['n', Float32Array.of(2, 2)], { n: 2, exclude: ['e', 'nobody'] })
    expect(ids(a)).toEqual(['ne', 'w'])
    expect(ids(b)).toEqual(['ne', 'n'])
    expect(ids(model.similar('n', { n: 1, filter: (id) => id.length > 3 }))).toEqual(['far e'])
  })

  test('refuses what it does not know', () => {
    using model = compass()
    expect(() => model.similar('nee')).toThrow('unknown node "nee"; nearest: "ne", "e", "n"')
    expect(() => model.vector('x')).toThrow('unknown node "x"')
    expect(() => model.similar([1, 2, 3])).toThrow('vector: expected 2 finite numbers, got 3')
    expect(() => model.similar([1, NaN])).toThrow('vector: expected 2 finite numbers, got others')
    expect(() => model.similar('e', { n: 0 })).toThrow('n: expected a whole number of at least 1, got 0')
    expect(() => new FittedEmbedding(origin, Vocabulary.from(['a']), model.state)).toThrow(
      'expected 1 vectors, one per id, got 6',
    )
  })
})

test('vector answers a copy', () => {
  using model = compass()
  model.vector('ne')[0] = 7
  expect([...model.vector('ne')]).toEqual([1, 1])
  expect(model.has('ne')).toBe(true)
  expect(model.has('x')).toBe(false)
})

describe('recommendFrom', () => {
  test('scores are the weighted mean of cosines, by hand', () => {
    using model = compass()
    const answer = model.recommendFrom(['e', 'n'], { n: 3 })
    expect(ids(answer)).toEqual(['ne', 'far e', 'zero'])
    // cos(ne, e) = cos(ne, n) = 1/√2; cos(far e, e) = 1, cos(far e, n) = 0.
    expect(answer[0].score).toBeCloseTo(Math.SQRT1_2, 6)
    expect(answer[1].score).toBeCloseTo(0.5, 6)
    // With decay ½ the weights are ⅓ and ⅔; with own weights 3 and 1, ¾ and ¼; with both, .6 and .4.
    const far = (recent: Parameters<typeof model.recommendFrom>[0], decay: number): number =>
      model.recommendFrom(recent, { decay }).find(({ id }) => id === 'far e')!.score
    expect(far(['e', 'n'], 0.5)).toBeCloseTo(1 / 3, 6)
    expect(far([{ id: 'e', weight: 3 }, 'n'], 1)).toBeCloseTo(0.75, 6)
    expect(far([{ id: 'e', weight: 3 }, 'n'], 0.5)).toBeCloseTo(0.6, 6)
  })

  test('leaves out the sequence itself unless told', () => {
    using model = compass()
    expect(ids(model.recommendFrom(['e', 'far e']))).not.toContain('e')
    expect(ids(model.recommendFrom(['e', 'far e'], { includeSeen: true, n: 2 }))).toEqual(['e', 'far e'])
    const many = model.recommendFromMany([['e'], ['w', 'n']], { n: 2, exclude: ['zero'] })
    expect(many.map(ids)).toEqual([
      ['far e', 'ne'],
      ['ne', 'e'],
    ])
  })

  test('diversity keeps away what is like something ranked before, and keeps the scores', () => {
    using model = compass()
    const by = (lambda: number): string[] =>
      ids(model.recommendFrom(['ne'], { n: 3, diversity: { lambda }, exclude: ['zero', 'w'] }))
    expect(by(1)).toEqual(ids(model.recommendFrom(['ne'], { n: 3, exclude: ['zero', 'w'] })))
    // e and far e point the same way: with λ ½ the second of them comes last.
    expect(by(0.5).indexOf('n')).toBe(1)
    const [first] = model.recommendFrom(['ne'], { n: 1, diversity: { lambda: 0.5, pool: 4 } })
    expect(first.score).toBeCloseTo(Math.SQRT1_2, 6)
  })

  test('refuses sequences it cannot use', () => {
    using model = compass()
    expect(() => model.recommendFrom([])).toThrow('there is no sequence to recommend from. Give at least')
    expect(() => model.recommendFrom(['e', 'far'])).toThrow('unknown node "far"; nearest:')
    expect(() => model.recommendFrom(['e'], { decay: 0 })).toThrow('decay: expected a number above 0')
    expect(() => model.recommendFrom([{ id: 'e', weight: -1 }])).toThrow('weight of "e": expected a number')
    expect(() => model.recommendFrom([{ id: 'e', weight: 0 }])).toThrow(
      'weights: expected at least one above',
    )
  })
})

describe('memory', () => {
  test('dispose gives the memory back at once and refuses later use', () => {
    const before = heap.bytesInUse
    const model = compass()
    expect(heap.bytesInUse).toBeGreaterThan(before)
    model.similar('e')
    model.dispose()
    model.dispose()
    expect(heap.bytesInUse).toBe(before)
    expect(() => model.similar('e')).toThrow('this model was disposed. Load or train it again.')
    expect(() => model.vector('e')).toThrow('this model was disposed')
  })

  test('a forgotten model gives its memory back, but not while an array is in use', async () => {
    const before = heap.bytesInUse
    let array: Float32Array | undefined = compass().state.vectors.data
    for (let round = 0; round < 20; round++) {
      gc()
      await setTimeout(5)
    }
    expect(array[8]).toBe(9)
    expect(heap.bytesInUse).toBeGreaterThan(before)
    array = undefined
    for (let round = 0; round < 40 && heap.bytesInUse !== before; round++) {
      gc()
      await setTimeout(5)
    }
    expect(heap.bytesInUse).toBe(before)
  })
})
