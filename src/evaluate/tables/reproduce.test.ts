import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import type { PaperTable, TableSet } from './definition.ts'
import { findPaperTable, paperTables } from './index.ts'
import { reproductionJson, reproductionMarkdown, reproductionText } from './report.ts'
import { reproduce, type ReproduceOptions } from './reproduce.ts'

const root = mkdtempSync(join(tmpdir(), 'homophily-reproduce-'))
afterAll(() => rmSync(root, { recursive: true }))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'results-'))
})

/** Three blobs; every 10th label is wrong, so no method can be right of all. */
const blobs: TableSet = {
  name: 'blobs',
  title: 'Blobs',
  clusters: 3,
  hasGraph: false,
  recipe: 'three blobs',
  load() {
    const rng = new Random(7)
    const rows = Array.from({ length: 60 }, (_, i) => [10 * (i % 3) + rng.normal(), rng.normal()])
    const truth = Int32Array.from(rows, (_, i) => (i % 10 === 0 ? (i + 1) % 3 : i % 3))
    return Promise.resolve({ input: { features: Matrix.from(rows), graph: null }, truth })
  },
}

const table: PaperTable = {
  name: 'test-table',
  title: 'A table of tests',
  source: 'nowhere',
  sets: [blobs],
  rows: [
    {
      method: 'k-means',
      title: 'k-means',
      published: { blobs: { acc: 91.25, nmi: 70 } },
      perSet: { blobs: { config: { restarts: 2 }, reason: 'two are enough' } },
    },
    { method: 'not-there', title: 'Not there', published: {} },
  ],
  notes: ['A note.'],
}

/** Runs the table; answers which runs were done and which were found. */
async function go(options: Partial<ReproduceOptions> = {}) {
  const done: string[] = []
  const found: string[] = []
  const reproduction = await reproduce(table, {
    data: 'none',
    results: folder,
    seeds: [1, 2],
    onRun: ({ method, seed }, reused) => (reused ? found : done).push(`${method} ${seed}`),
    ...options,
  })
  return { reproduction, done, found, cell: reproduction.cells[0] }
}

describe('reproduce', () => {
  test('each seed once, the final state measured against the labels', async () => {
    const { reproduction, done, cell } = await go()
    expect(done).toEqual(['k-means 1', 'k-means 2'])
    expect(cell.config).toMatchObject({ clusters: 3, restarts: 2 })
    expect(cell.runs.map(({ seed, final, found }) => [seed, final?.acc, found])).toEqual([
      [1, 0.9, 3],
      [2, 0.9, 3],
    ])
    expect(reproduction.leftOut).toEqual(['Not there: there is no method not-there in this version.'])
  })

  test('methods of one seed share their pre-training: the same scores, less work, the same seconds counted', async () => {
    const config = { hidden: [8], latent: 2, pretrainEpochs: 20, restarts: 2 }
    const rows = ['ae-kmeans', 'dec'].map((method) => ({ method, title: method, config, published: {} }))
    const scores = async (names: string[], seeds: number[]) => {
      let epochs = 0
      const { cells } = await reproduce(
        { ...table, rows },
        {
          data: 'none',
          results: mkdtempSync(join(root, 'shared-')),
          methods: names,
          seeds,
          onProgress: ({ phase, done }) => (epochs += phase === 'pretrain' && Number.isInteger(done) ? 1 : 0),
        },
      )
      return { runs: cells.map(({ runs }) => runs.map(({ final, loss }) => [final, loss])), epochs }
    }
    const [both, dec] = [await scores(['ae-kmeans', 'dec'], [1, 2]), await scores(['dec'], [1, 2])]
    expect(both.runs[1]).toEqual(dec.runs[0])
    expect(both.epochs).toBe(dec.epochs)
  })

  test('what is finished is found again, also after a kill in the middle of a line', async () => {
    const first = await go()
    expect((await go({ seeds: [1, 2, 3] })).done).toEqual(['k-means 3'])
    const file = join(folder, 'blobs-k-means.jsonl')
    truncateSync(file, readFileSync(file).length - 20)
    const again = await go({ seeds: [1, 2, 3] })
    expect([again.found, again.done]).toEqual([['k-means 1', 'k-means 2'], ['k-means 3']])
    expect(again.cell.runs.slice(0, 2)).toEqual(first.cell.runs)
    expect((await go({ seeds: [1, 2, 3] })).found.length).toBe(3)
  })

  test('other settings are other runs', async () => {
    await go()
    const { done, reproduction } = await go({ config: { 'k-means': { restarts: 3 } } })
    expect(done.length).toBe(2)
    expect(reproduction.changed).toEqual(['k-means: restarts 3'])
  })

  test('without running only what is finished is shown', async () => {
    await go({ seeds: [1] })
    const { cell, done } = await go({ run: false })
    expect([cell.runs.map(({ seed }) => seed), done]).toEqual([[1], []])
  })

  test('the oracle is a column of its own, and runs without it are done again', async () => {
    await go()
    const { done, cell, reproduction } = await go({ oracle: true })
    expect(done.length).toBe(2)
    expect(cell.runs[0].oracle!.acc).toBeGreaterThanOrEqual(cell.runs[0].final!.acc)
    expect(reproductionText(reproduction)).toMatch(/oracle ACC/)
    expect((await go()).found.length).toBe(2)
  })

  test('a line of something else is an error that names it', async () => {
    await go({ seeds: [1] })
    appendFileSync(join(folder, 'blobs-k-means.jsonl'), '{"key":"x"}\n')
    await expect(go()).rejects.toThrow(/blobs-k-means\.jsonl:2: expected the result of a run/)
    writeFileSync(join(folder, 'blobs-k-means.jsonl'), '\n')
    expect((await go()).done.length).toBe(2)
  })

  test('names are checked, and an interrupt keeps what is finished', async () => {
    await expect(go({ sets: ['blob'] })).rejects.toThrow(/unknown data set "blob".*"blobs"/)
    await expect(go({ methods: ['kmeans'] })).rejects.toThrow(/unknown method "kmeans".*"k-means"/)
    await expect(go({ config: { dec: {} } })).rejects.toThrow(/unknown method in --set "dec"/)
    const stop = new AbortController()
    await expect(go({ signal: stop.signal, onRun: () => stop.abort() })).rejects.toThrow(/cancelled/)
    expect((await go()).found).toEqual(['k-means 1'])
  })
})

describe('the report', () => {
  test('ours beside the published, in percent', async () => {
    const { reproduction } = await go()
    const text = reproductionText(reproduction)
    expect(text).toMatch(/k-means +90\.00 ± 0\.00 +91\.25/)
    expect(text).toMatch(/K = 3 is given/)
    expect(text).toMatch(/k-means on Blobs: restarts 2, since two are enough/)
    expect(reproductionMarkdown(reproduction)).toMatch(/\| k-means \| 90\.00 ± 0\.00 \| 91\.25 \|/)
    const json = JSON.parse(JSON.stringify(reproductionJson(reproduction)))
    expect(json.cells[0]).toMatchObject({
      set: 'blobs',
      published: { acc: 91.25 },
      final: { acc: { mean: 90, std: 0 } },
    })
    expect(json.cells[0].runs[1]).toMatchObject({ seed: 2, final: { acc: 0.9 } })
  })

  test('one seed has no spread; an empty cell says so', async () => {
    expect(reproductionText((await go({ seeds: [1] })).reproduction)).toMatch(/k-means +90\.00 +91\.25/)
    const { reproduction } = await go({ run: false, seeds: [4, 5] })
    expect(reproductionText(reproduction)).toMatch(/k-means +– +91\.25/)
    expect(reproductionText(reproduction)).toMatch(/0 of 2/)
  })
})

describe('the tables', () => {
  test('are found by name, and hold together', () => {
    expect(() => findPaperTable('sdcn')).toThrow(/unknown table "sdcn".*"sdcn-table"/)
    for (const { sets, rows } of paperTables) {
      const names = sets.map(({ name }) => name)
      for (const { published, perSet = {} } of rows) {
        for (const set of [...Object.keys(published), ...Object.keys(perSet)]) expect(names).toContain(set)
      }
    }
  })
})
