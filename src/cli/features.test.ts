import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { homophily, temporaryFolder } from '../../test/run-cli.ts'
import { readMatrix } from '../data/read-matrix.ts'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const users = folder.file(
  'users.csv',
  `user,age,city,tags\n${Array.from({ length: 12 }, (_, i) => `u${i},${20 + i},${['oslo', 'rome'][i % 2]},${['a|b', 'b', 'c'][i % 3]}`).join('\n')}\n`,
)

test('shows what each column becomes, and takes what is asked for', async () => {
  const shown = await homophily(['features', users, '--feature', 'city=hash(8)', '--feature', 'age=skip'])
  expect(shown.code).toBe(0)
  expect(shown.out).toMatch(/12 rows become 11 columns/)
  expect(shown.out).toMatch(/city +hash\(8\) +8/)
  expect(shown.out).toMatch(/tags +multi\(\|,2\) +3/)
  expect(shown.out).toMatch(/age: as asked/)
})

test('writes numbers and a plan that gives new rows the same columns', async () => {
  const plan = folder.file('plan.json')
  const dense = folder.file('x.npy')
  const saved = await homophily(['features', users, '--layout', 'dense', '--save-plan', plan, '--out', dense])
  expect([saved.code, saved.err]).toEqual([0, ''])
  const { matrix } = await readMatrix(dense)
  expect([matrix instanceof Matrix, matrix.rows, matrix.cols]).toEqual([true, 12, 6])

  const fresh = folder.file('new.csv', 'user,city,shoe\nv1,bern,3\nv2,oslo,\n')
  const refused = await homophily(['features', fresh, '--plan', plan])
  expect([refused.code, refused.err]).toEqual([3, expect.stringMatching(/no age column/)])
  const taken = await homophily([
    'features',
    fresh,
    '--plan',
    plan,
    '--absent',
    'unknown',
    '--json',
    '--out',
    dense,
  ])
  expect(JSON.parse(taken.out)).toMatchObject({ rows: 2, columns: 6 })
  expect(JSON.parse(taken.out).remarks.join('\n')).toMatch(/lacks age, tags[^]*not use shoe[^]*city: 1 row /)
  expect((await readMatrix(dense)).matrix.rows).toBe(2)
})

test('sparse ones are triples', async () => {
  const out = folder.file('x.csv')
  const args = ['features', users, '--layout', 'sparse', '--feature', 'age=skip']
  expect((await homophily([...args, '--out', out])).code).toBe(0)
  const { matrix } = await readMatrix(out)
  expect([matrix instanceof Sparse, matrix.rows, matrix.cols]).toEqual([true, 12, 5])
  expect(readFileSync(out, 'utf8').slice(0, 17)).toBe('row,column,value\n')
})

test('refuses what it cannot do, before it writes', async () => {
  const plan = folder.file('none.json')
  const cases: [string[], number, RegExp][] = [
    [['--feature', 'age=nubmer'], 4, /unknown kind of feature/],
    [['--feature', 'age=skip', '--feature', 'age=number'], 2, /age twice/],
    [
      ['--layout', 'dense', '--save-plan', plan, '--out', folder.file('x.csv')],
      2,
      /\.npy, or another --layout/,
    ],
    [['--plan', plan], 4, /no file/],
    [['--plan', plan, '--layout', 'dense'], 2, /the plan says them/],
    [['--feature', 'city=number'], 3, /users\.csv:2, column "city": expected a number/],
  ]
  for (const [args, code, message] of cases) {
    const ran = await homophily(['features', users, ...args])
    expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(message)])
  }
  expect(() => readFileSync(plan)).toThrow(/ENOENT/)
})

test('reproduce lists its tables, and needs the data', async () => {
  const list = await homophily(['reproduce', '--json'])
  expect(JSON.parse(list.out).tables[0]).toMatchObject({
    name: 'sdcn-table',
    sets: ['acm', 'citeseer', 'usps', 'mnist'],
  })
  expect(await homophily(['reproduce', 'sdcn-table'])).toMatchObject({
    code: 4,
    err: expect.stringMatching(/--data <folder>/),
  })
  expect(await homophily(['reproduce', 'sdcn'])).toMatchObject({
    code: 4,
    err: expect.stringMatching(/"sdcn-table"/),
  })
  const wrong = ['reproduce', 'sdcn-table', '--data', folder.path, '--set', 'kmeans.restarts=1']
  expect(await homophily(wrong)).toMatchObject({ code: 4, err: expect.stringMatching(/"k-means"/) })
})
