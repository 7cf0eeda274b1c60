/** Graphs to measure on. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readInteractions } from '../../src/data/read.ts'
import { sampleMarketplace } from '../../src/data/sample.ts'
import { Random } from '../../src/random.ts'
import type { Sparse } from '../../src/tensor/sparse.ts'

export const dataFolder =
  process.env['HOMOPHILY_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))

/** Gowalla's training interactions, or a generated marketplace of its size. */
export async function gowallaLike(): Promise<{ name: string; interactions: Sparse }> {
  const file = join(dataFolder, 'gowalla', 'train.csv.gz')
  if (existsSync(file)) {
    const { interactions } = await readInteractions(file)
    return { name: 'Gowalla', interactions: interactions.matrix }
  }
  const { interactions } = sampleMarketplace(new Random(1), {
    users: 29_858,
    items: 40_981,
    events: 1_000_000,
  })
  return { name: 'generated (Gowalla was not found)', interactions: interactions.matrix }
}
