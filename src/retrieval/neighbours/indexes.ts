/** The indexes of a model: which there are, building them into a folder, and using them. */
import { join } from 'node:path'
import * as z from 'zod'
import { fail } from '../../errors.ts'
import type { FittedRecommender } from '../../models/recommend/family/fitted.ts'
import type { Random } from '../../random.ts'
import type { Progress } from '../../train/run.ts'
import { calibrate, RECALL, recallOf } from './calibration.ts'
import { buildEngine, openEngine, type Similarity, type VectorTable } from './engine.ts'
import { NeighbourSpace } from './space.ts'

/** From so many rows on an index answers; below, scoring all of them is fast enough. */
const INDEXED_FROM = 200_000

/** What each index answers. */
export const indexNames = ['items', 'similar-items', 'similar-users'] as const
export type IndexName = (typeof indexNames)[number]

const count = z.int().nonnegative()
/** What is kept of an index beside its file. */
export const indexFacts = z.object({
  name: z.enum(indexNames),
  file: z.string().regex(/^[a-z-]+\.usearch$/),
  rows: count,
  dim: z.int().positive(),
  widths: z
    .array(z.object({ count: z.int().positive(), width: z.int().positive(), recall: z.number() }))
    .min(1),
  queries: count,
  /** The least of the recalls, which decides whether the index is used. */
  recall: z.number(),
  seconds: z.number(),
})
export type IndexFacts = z.infer<typeof indexFacts>

/** The vectors of an index, how they are compared, and whose neighbours are asked for. */
interface Sides {
  readonly table: VectorTable
  readonly similarity: Similarity
  readonly queries: VectorTable
}

/** Null for a model whose scores are not dot products: its neighbours cannot be found without scoring all. */
function sidesOf(model: FittedRecommender): Readonly<Record<IndexName, Sides>> | null {
  const { dots, itemVectors } = model.scorer
  if (!dots || !itemVectors) return null
  const items = itemVectors
  const users = { data: dots.userVectors, dim: itemVectors.dim }
  return {
    items: { table: items, similarity: 'dot', queries: users },
    'similar-items': { table: items, similarity: 'cosine', queries: items },
    'similar-users': { table: users, similarity: 'cosine', queries: users },
  }
}

/** The indexes that a model of this size should have. */
export function indexesFor(model: FittedRecommender, from = INDEXED_FROM): IndexName[] {
  const sides = sidesOf(model)
  if (!sides) return []
  return indexNames.filter((name) => rowsOf(sides[name].table) >= from)
}

export interface IndexBuilding {
  readonly threads: number
  readonly rng: Random
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** Builds and calibrates indexes of `model` in `directory`, and answers what is to be kept of each. */
export async function buildIndexes(
  directory: string,
  model: FittedRecommender,
  names: readonly IndexName[],
  { threads, rng, signal, onProgress }: IndexBuilding,
): Promise<IndexFacts[]> {
  const sides = sidesOf(model)
  if (!sides) {
    throw fail('ARGUMENT', {
      what: 'index',
      expected: 'a model whose scores are dot products of vectors, such as lightgcn or mf-bpr',
      got: model.origin.method,
    })
  }
  const built: IndexFacts[] = []
  for (const name of names) {
    const started = performance.now()
    const { table, similarity, queries } = sides[name]
    const file = `${name}.usearch`
    const path = join(directory, file)
    for await (const { done, of } of buildEngine(path, table, similarity, threads)) {
      if (signal.aborted) throw fail('CANCELLED', { what: 'building the index' })
      onProgress({ phase: `index ${name}`, done, of, unit: 'vectors' })
      // Messages come in between two batches only.
      await new Promise((resolve) => setImmediate(resolve))
    }
    const engine = await openEngine(path, table.dim, similarity)
    const calibration = calibrate(engine, table, similarity, queries, rng.stream(name))
    built.push({
      name,
      file,
      rows: engine.size,
      dim: table.dim,
      ...calibration,
      widths: [...calibration.widths],
      recall: recallOf(calibration),
      seconds: (performance.now() - started) / 1000,
    })
  }
  return built
}

export type NeighbourSpaces = Readonly<Partial<Record<IndexName, NeighbourSpace>>>

/**
 * Opens the indexes in `directory` for the model they were built of. One that finds too few of the true neighbours is not used.
 *
 * @throws ARTEFACT when they are of other vectors.
 */
export async function openIndexes(
  directory: string,
  model: FittedRecommender,
  facts: readonly IndexFacts[],
): Promise<NeighbourSpaces> {
  const sides = sidesOf(model)
  const spaces: Partial<Record<IndexName, NeighbourSpace>> = {}
  for (const { name, file, rows, dim, recall, ...calibration } of facts) {
    const path = join(directory, file)
    const side = sides?.[name]
    if (!side || rows !== rowsOf(side.table) || dim !== side.table.dim) {
      const got = `an index of ${rows} vectors of length ${dim}`
      const todo = 'Build it again: POST /v1/jobs with {"kind": "index"}.'
      throw fail('ARTEFACT', { path, expected: 'an index of this version', got, todo })
    }
    if (recall < RECALL) continue
    const engine = await openEngine(path, dim, side.similarity)
    spaces[name] = new NeighbourSpace(side.table, side.similarity, engine, calibration)
  }
  return spaces
}

function rowsOf({ data, dim }: VectorTable): number {
  return data.length / dim
}
