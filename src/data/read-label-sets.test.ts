import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readLabelSets } from './read-label-sets.ts'
import { Vocabulary } from './vocabulary.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-labels-'))
afterAll(() => rmSync(folder, { recursive: true }))
function file(text: string): string {
  const path = join(folder, 'labels.csv')
  writeFileSync(path, text)
  return path
}
const nodes = Vocabulary.from(['a', 'b', 'c'])

test('several labels, one, none; repeated ones count once, unknown nodes are counted', async () => {
  const path = file('node,label\nb,red\na,blue\nb,blue\nb,red\nx,red\ny,red\nx,green\n')
  const { labels, names, unknown } = await readLabelSets(path, nodes)
  expect(names.ids()).toEqual(['red', 'blue', 'green'])
  expect([0, 1, 2].map((v) => [...labels.row(v)])).toEqual([[1], [0, 1], []])
  expect(unknown).toBe(2)
})

test('columns by other names', async () => {
  const path = file('who,what,label\na,red,1\n')
  const { names } = await readLabelSets(path, nodes, { node: 'who', label: 'what' })
  expect(names.ids()).toEqual(['red'])
  expect((await readLabelSets(file('id,label\nc,q\n'), nodes)).labels.has(2, 0)).toBe(true)
})

test('faults name the file, the line and what is missing', async () => {
  await expect(readLabelSets(file('a,b\n1,2\n'), nodes)).rejects.toThrow(/no node column.*--node-column/)
  await expect(readLabelSets(file('node,label\na,x\nb,\n'), nodes)).rejects.toThrow(/:3, column "label"/)
  await expect(readLabelSets(file('node,label\nq,x\n'), nodes)).rejects.toThrow(
    /labels of nodes such as "a", got none; its nodes are such as "q"/,
  )
})
