import { describe, expect, test } from 'vitest'
import { attributesFrom } from '../data/attributes.ts'
import { heap } from '../kernels/heap.ts'
import { FieldBags } from './field-bags.ts'
import { negativeSamplingLoss } from './negative-sampling.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { listParams, valueAndGrad } from '../tensor/tape.ts'
import { attention, combine, represent, sideBatch, type SideParams } from './view-attention.ts'

/** Three items: two tags and a brand; a brand only; nothing. */
const attributes = attributesFrom(
  [{ id: 'a', tags: ['p', 'q'], brand: 'x' }, { id: 'b', brand: 'y' }, { id: 'c' }],
  [
    { name: 'tags', kind: 'tags' },
    { name: 'brand', kind: 'category' },
  ],
)
const fields = attributes.fields.map((f) => new FieldBags(f.features))

function sample(rows: number, cols: number, seed: number): Matrix {
  const rng = new Random(seed)
  const m = Matrix.zeros(rows, cols)
  for (let i = 0; i < m.data.length; i++) m.data[i] = rng.normal()
  return m
}

test('attention: e^a over the sum of those that an item has, by hand', () => {
  const a = Matrix.from<'item', 'view'>([[0, Math.log(2), Math.log(3)]])
  expect([...attention(a, Matrix.zeros(1, 3)).data]).toEqual(
    [1 / 6, 2 / 6, 3 / 6].map((x) => expect.closeTo(x, 6)),
  )
  const absent = Matrix.from<'item', 'view'>([[0, -1e4, 0]])
  expect([...attention(a, absent).data]).toEqual([1 / 4, 0, 3 / 4].map((x) => expect.closeTo(x, 6)))
})

test('combine: the weighted sum of the views, by hand', () => {
  const own = Matrix.from<'item', 'latent'>([[1, 2]])
  const side = Matrix.from<'item', 'latent'>([[-4, 8]])
  expect([...combine([own, side], Matrix.from([[0.25, 0.75]])).data]).toEqual([-2.75, 6.5])
})

describe('represent', () => {
  const params: SideParams = {
    items: Matrix.from([
      [3, 0],
      [0, 6],
      [5, 5],
    ]),
    // p, q and x, y
    fields: [
      Matrix.from([
        [2, 4],
        [4, 0],
      ]),
      Matrix.from([
        [9, 1],
        [2, 2],
      ]),
    ],
    attention: [],
  }

  test('GES: the mean of what an item has, tags averaged first', () => {
    const h = represent(params, sideBatch(fields, [0, 1, 2]))
    // a: ((3, 0) + (3, 2) + (9, 1)) / 3; b: ((0, 6) + (2, 2)) / 2; c: its own.
    expect([...h.data]).toEqual([5, 1, 1, 4, 5, 5].map((x) => expect.closeTo(x, 5)))
  })

  test('EGES: by attention; what an item lacks has none', () => {
    const a = Matrix.from<'item', 'view'>([
      [0, Math.log(2), 0],
      [0, 9, Math.log(3)],
      [1, 2, 3],
    ])
    const h = represent({ ...params, attention: [a] }, sideBatch(fields, [0, 1, 2]))
    // a: ¼ (3, 0) + ½ (3, 2) + ¼ (9, 1); b: ¼ (0, 6) + ¾ (2, 2).
    expect([...h.data]).toEqual([4.5, 1.25, 1.5, 3, 5, 5].map((x) => expect.closeTo(x, 5)))
  })

  test('BGE: the item alone', () => {
    const h = represent({ items: params.items, fields: [], attention: [] }, sideBatch([], [0, 1, 2]))
    expect([...h.data]).toEqual([...params.items.data])
  })

  test('a batch in which nobody has a field', () => {
    const side = sideBatch(fields, [1, 2])
    const local = {
      items: params.items,
      fields: [Matrix.zeros<'value', 'latent'>(0, 2), params.fields[1]],
      attention: [],
    }
    expect([...side.bags[0].values]).toEqual([])
    const items = Matrix.from<'item', 'latent'>([
      [0, 6],
      [5, 5],
    ])
    const y = Matrix.from<'value', 'latent'>([[2, 2]])
    const h = represent({ ...local, items, fields: [local.fields[0], y] }, side)
    expect([...h.data]).toEqual([1, 4, 5, 5].map((x) => expect.closeTo(x, 5)))
  })
})

test.each(['attention', 'mean'])(
  'gradients of the whole loss agree with central differences (%s)',
  (pooling) => {
    const side = sideBatch(fields, [0, 1, 2])
    const params = {
      side: {
        items: sample(3, 4, 1) as SideParams['items'],
        fields: [sample(2, 4, 2), sample(2, 4, 3)] as unknown as SideParams['fields'],
        attention: (pooling === 'attention' ? [sample(3, 3, 4)] : []) as unknown as SideParams['attention'],
      },
      contexts: sample(4, 4, 5) as Matrix<'context', 'latent'>,
    }
    const place = (...values: number[]): Int32Array => heap.place(Int32Array.from(values))
    const pairs = { centres: place(0, 0, 1, 2), contexts: place(1, 2, 0, 3), negatives: place(3, 0) }
    const loss = (p: typeof params): Matrix =>
      negativeSamplingLoss(represent(p.side, side), p.contexts, pairs, 5)
    const { grads } = valueAndGrad(loss, params)
    const h = 1e-2
    const expected = listParams(grads)
    listParams(params).forEach(({ path, matrix }, which) => {
      for (let i = 0; i < matrix.data.length; i++) {
        const kept = matrix.data[i]
        matrix.data[i] = kept + h
        const above = loss(params).item()
        matrix.data[i] = kept - h
        const below = loss(params).item()
        matrix.data[i] = kept
        expect([path, i, (above - below) / (2 * h)]).toEqual([
          path,
          i,
          expect.closeTo(expected[which].matrix.data[i], 2),
        ])
      }
    })
  },
)
