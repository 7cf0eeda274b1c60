/** Models of as many users and items as one likes, for measuring what size does to answers. */
import { readInteractions } from '../../src/data/read.ts'
import type { Interactions } from '../../src/data/interactions.ts'
import { pairMatrix } from '../../src/data/pairs.ts'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import { trainRecommender } from '../../src/evaluate/train-recommender.ts'
import { heap } from '../../src/kernels/heap.ts'
import { kernels } from '../../src/kernels/index.ts'
import { FittedRecommender } from '../../src/models/recommend/family/fitted.ts'
import { cosines, inverseNorms } from '../../src/nn/cosines.ts'
import { Random } from '../../src/random.ts'

export interface Size {
  readonly users: number
  readonly items: number
}

const DIM = 64
const CLUSTERS = 2000
const HISTORY = 20

/** Users and items around the same centres; each user has interacted with items of the nearest centre. */
export function generated({ users: userCount, items: itemCount }: Size): FittedRecommender {
  const rng = new Random(7)
  const centres = Float32Array.from({ length: CLUSTERS * DIM }, () => rng.normal())
  const vectors = (count: number): { data: Float32Array; clusters: Int32Array } => {
    const clusters = Int32Array.from({ length: count }, () => rng.int(CLUSTERS))
    const data = new Float32Array(count * DIM)
    for (let row = 0; row < count; row++) {
      // Lengths differ as those of popular and rare items do.
      const length = 0.5 + rng.float()
      for (let c = 0; c < DIM; c++)
        data[row * DIM + c] = length * (centres[clusters[row] * DIM + c] + 0.7 * rng.normal())
    }
    return { data, clusters }
  }
  const items = vectors(itemCount)
  const users = vectors(userCount)
  const members = membersOf(items.clusters, CLUSTERS)
  const userRows = Int32Array.from({ length: userCount * HISTORY }, (_, at) => Math.floor(at / HISTORY))
  const itemRows = userRows.map((user) => {
    const among = members[users.clusters[user]]
    return among.length > 0 ? among[rng.int(among.length)] : rng.int(itemCount)
  })
  return modelOf(users.data, items.data, userRows, itemRows)
}

/** Neighbours that a copy may lie towards. */
const NEAR = 10

/**
 * A trained model made larger: each user and item is a copy of one of `model`, put at a random place between it and one of its ten nearest
 * (as SMOTE makes samples, Chawla et al. 2002). A user has interacted with copies of what the original has.
 */
export function enlarged(
  model: FittedRecommender,
  { users: userCount, items: itemCount }: Size,
): FittedRecommender {
  const rng = new Random(7)
  const { dots, itemVectors } = model.scorer
  const { dim } = itemVectors!
  const users = copies(dots!.userVectors, dim, userCount, rng)
  const items = copies(itemVectors!.data, dim, itemCount, rng)
  const members = membersOf(items.originals, model.interactions.items.size)
  const pairs: [number, number][] = []
  for (let user = 0; user < userCount; user++) {
    for (const item of model.interactions.matrix.row(users.originals[user])) {
      const among = members[item]
      if (among.length > 0) pairs.push([user, among[rng.int(among.length)]])
    }
  }
  const [userRows, itemRows] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]))
  return modelOf(users.data, items.data, userRows, itemRows)
}

/** LightGCN's vectors of Gowalla, by the fast recipe. */
export async function trainedOnGowalla(file: string): Promise<FittedRecommender> {
  const { interactions } = await readInteractions(file)
  return trainRecommender(interactions, { method: 'fast-lightgcn' })
}

function copies(
  x: Float32Array,
  dim: number,
  count: number,
  rng: Random,
): { data: Float32Array; originals: Int32Array } {
  const near = nearestOf(x, dim)
  const rows = x.length / dim
  const originals = Int32Array.from({ length: count }, () => rng.int(rows))
  const data = new Float32Array(count * dim)
  originals.forEach((row, copy) => {
    const other = near[row * NEAR + rng.int(NEAR)]
    const part = rng.float()
    for (let c = 0; c < dim; c++)
      data[copy * dim + c] = x[row * dim + c] + part * (x[other * dim + c] - x[row * dim + c])
  })
  return { data, originals }
}

/** The rows of the greatest cosines with each row, itself left out: rows × NEAR. */
function nearestOf(x: Float32Array, dim: number): Int32Array {
  const rows = x.length / dim
  const block = 64
  const out = new Int32Array(rows * NEAR)
  heap.scope(() => {
    const inverse = heap.scratchF32(rows)
    inverseNorms(x, dim, inverse)
    const scores = heap.scratchF32(block * rows)
    const index = heap.i32(block * (NEAR + 1))
    for (let from = 0; from < rows; from += block) {
      const m = Math.min(block, rows - from)
      const some = scores.subarray(0, m * rows)
      cosines(x.subarray(from * dim, (from + m) * dim), x, dim, inverse, some)
      heap.scope(() =>
        kernels().topK(some, m, rows, NEAR + 1, null, null, null, index, heap.scratchF32(m * (NEAR + 1))),
      )
      for (let q = 0; q < m; q++) {
        const found = index.subarray(q * (NEAR + 1), (q + 1) * (NEAR + 1)).filter((row) => row !== from + q)
        out.set(found.subarray(0, NEAR), (from + q) * NEAR)
      }
    }
  })
  return out
}

function membersOf(groups: Int32Array, count: number): number[][] {
  const members = Array.from({ length: count }, () => [] as number[])
  groups.forEach((group, row) => members[group].push(row))
  return members
}

function modelOf(
  users: Float32Array,
  items: Float32Array,
  userRows: Int32Array,
  itemRows: Int32Array,
): FittedRecommender {
  const [userCount, itemCount] = [users.length / DIM, items.length / DIM]
  const interactions: Interactions = {
    users: Vocabulary.from(names('u', userCount)),
    items: Vocabulary.from(names('i', itemCount)),
    matrix: pairMatrix(userCount, itemCount, userRows, itemRows, null, null, 'first').matrix,
    times: null,
  }
  return new FittedRecommender({ method: 'lightgcn', config: {}, seed: 7 }, interactions, {
    kind: 'dot-product',
    tensors: {
      users: { data: users, shape: [userCount, DIM] },
      items: { data: items, shape: [itemCount, DIM] },
    },
  })
}

function* names(letter: string, count: number): Generator<string> {
  for (let n = 0; n < count; n++) yield `${letter}${n}`
}
