import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Vocabulary } from '../vocabulary.ts'
import { readNodeTypes } from './node-types.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-types-'))
afterAll(() => rmSync(folder, { recursive: true }))
const nodes = Vocabulary.from(['a', 'b', 'c'])

async function read(text: string): Promise<(string | undefined)[]> {
  const path = join(folder, 'types.csv')
  writeFileSync(path, text)
  const { names, of } = await readNodeTypes(path, nodes)
  return Array.from(of, (type) => names[type])
}

test('a type for each node, in any order; other nodes do not matter', async () => {
  expect(await read('id,Node Type\nc,user\nz,shop\na,user\nb,item\n')).toEqual(['user', 'item', 'user'])
})

test('a node without a type, with two, or without a column is an error', async () => {
  await expect(read('node,type\na,user\nb,item\n')).rejects.toThrow(
    'a type for every node of the graph (3), got none for "c"',
  )
  await expect(read('node,type\na,user\na,item\n')).rejects.toThrow('types.csv:3')
  await expect(read('node,type\na,\n')).rejects.toThrow(
    'types.csv:2, column "type": expected a type, got nothing',
  )
  await expect(read('node,age\na,3\n')).rejects.toThrow('no type column')
})
