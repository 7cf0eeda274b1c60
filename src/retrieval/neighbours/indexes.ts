/** The indexes of a model: which there are, building them, and using them. */
import * as z from 'zod'
import { fail } from '../../errors.ts'
import type { FittedRecommender } from '../../models/recommend/family/fitted.ts'
import type { Random } from '../../random.ts'
import { inRegion, type Job, named } from '../../train/run.ts'
import { calibrate, RECALL, recallOf } from './calibration.ts'
import { buildCells, Cells, type CellTensors, type Similarity, type VectorTable } from './cells.ts'
import { NeighbourSpace } from './space.ts'

/** From so many rows on an index answers; below, scoring all of them is fast enough. */
const INDEXED_FROM = 200_000

/** What each index answers. */
export const indexNames = ['items', 'similar-items', 'similar-users'] as const
export type IndexName = (typeof indexNames)[number]

const count = z.int().nonnegative()
/** What is kept of an index beside its arrays. */
export const indexFacts = z.object({
  name: z.enum(indexNames),
  rows: count,
  dim: z.int().positive(),
  cells: z.int().positive(),
  widths: z
    .array(z.object({ count: z.int().positive(), width: z.int().positive(), recall: z.number() }))
    .min(1),
  queries: count,
  /** The least of the recalls, which decides whether the index is used. */
  recall: z.number(),
  seconds: z.number(),
})
export type IndexFacts = z.infer<typeof indexFacts>

/** An index as it is built and kept. */
export interface KeptIndex {
  readonly facts: IndexFacts
  readonly tensors: CellTensors
}

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

/** Builds and calibrates indexes of `model`. */
export function* buildIndexes(
  model: FittedRecommender,
  names: readonly IndexName[],
  rng: Random,
): Job<KeptIndex[]> {
  const sides = sidesOf(model)
  if (!sides) {
    throw fail('ARGUMENT', {
      what: 'index',
      expected: 'a model whose scores are dot products of vectors, such as lightgcn or mf-bpr',
      got: model.origin.method,
    })
  }
  const built: KeptIndex[] = []
  for (const name of names)
    built.push(yield* named(`index ${name}`, buildOne(name, sides[name], rng.stream(name))))
  return built
}

function* buildOne(name: IndexName, { table, similarity, queries }: Sides, rng: Random): Job<KeptIndex> {
  const started = performance.now()
  const tensors = yield* buildCells(table, similarity, rng)
  using cells = new Cells(tensors, table.dim)
  const calibration = yield* inRegion(calibrate(cells, table, similarity, queries, rng), (found) => found)
  const facts = {
    name,
    rows: cells.size,
    dim: table.dim,
    cells: tensors.offsets.length - 1,
    ...calibration,
    widths: [...calibration.widths],
    recall: recallOf(calibration),
    seconds: (performance.now() - started) / 1000,
  }
  return { facts, tensors }
}

export type NeighbourSpaces = Readonly<Partial<Record<IndexName, NeighbourSpace>>>

/**
 * Puts indexes to use with the model they were built of. One that finds too few of the true neighbours is not used.
 *
 * @throws ARTEFACT when they are of other vectors.
 */
export function* useIndexes(model: FittedRecommender, kept: readonly KeptIndex[]): Job<NeighbourSpaces> {
  const sides = sidesOf(model)
  const spaces: Partial<Record<IndexName, NeighbourSpace>> = {}
  for (const { facts, tensors } of kept) {
    const { name, rows, dim, recall } = facts
    const side = sides?.[name]
    if (!side || rows !== rowsOf(side.table) || dim !== side.table.dim) {
      const path = `index ${name}`
      const got = `an index of ${rows} vectors of length ${dim}`
      const todo = 'Build it again: POST /v1/jobs with {"kind": "index"}.'
      throw fail('ARTEFACT', { path, expected: 'an index of this version', got, todo })
    }
    if (recall < RECALL) continue
    const cells = new Cells(tensors, dim)
    spaces[name] = yield* NeighbourSpace.of(side.table, side.similarity, cells, facts)
  }
  return spaces
}

function rowsOf({ data, dim }: VectorTable): number {
  return data.length / dim
}
