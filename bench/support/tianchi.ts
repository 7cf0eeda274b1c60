/** The Tianchi behaviour log: ten days of events, item attributes, and which pairs of user and item were linked on the day after. */
import { join } from 'node:path'
import { alignAttributes, type Attributes, type FieldSpec } from '../../src/data/attributes.ts'
import { readInteractions } from '../../src/data/read.ts'
import { readAttributes } from '../../src/data/read-attributes.ts'
import { readTable } from '../../src/data/read-table.ts'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import { readSequences, type Sequences } from '../../src/graph/sequences.ts'
import { rocAuc } from '../../src/metrics/pairs.ts'
import { Random } from '../../src/random.ts'
import type { Sparse } from '../../src/tensor/sparse.ts'
import { dataFolder } from './graphs.ts'

const DAY = 86_400_000

/** Rows of users and items; label 1 for a link of the eleventh day. A user or item without events has a row too, or −1. */
export interface Links {
  readonly users: Int32Array
  readonly items: Int32Array
  readonly labels: Uint8Array
}

export interface Tianchi {
  /** Everything until the tenth day. Items that only the attributes know are nodes without events. */
  readonly sequences: Sequences
  /** Category, brand (0 is not known) and price in ten buckets. */
  readonly attributes: Attributes
  /** Items from this row on have no events. */
  readonly known: number
  /** users × items: what a user was at. */
  readonly pairs: Sparse
  /** The category of each item; −1 where it has none. */
  readonly categoryOf: Int32Array
  /** Links to choose settings by: the validation and train rows, with drawn items against the validation links. */
  readonly validation: Links
  readonly test: Links
  /** Milliseconds since 1970 of the end of the tenth day. */
  readonly end: number
}

const fields: readonly FieldSpec[] = [
  { name: 'category', kind: 'category' },
  { name: 'brand', kind: 'category', missing: ['0'] },
  { name: 'price', kind: 'number', buckets: 10 },
]

export async function tianchi(): Promise<Tianchi> {
  const folder = join(dataFolder, 'tianchi-ecommerce')
  const { sequences } = await readSequences(join(folder, 'events.csv.gz'))
  const { attributes } = await readAttributes(join(folder, 'items.csv.gz'), fields)
  const known = sequences.items.size
  const others = [...attributes.ids].filter((id) => sequences.items.row(id) < 0)
  const items = Vocabulary.from([...sequences.items, ...others])
  const vocabularies = { users: sequences.users, items }
  const { interactions } = await readInteractions(join(folder, 'events.csv.gz'), { vocabularies })
  const aligned = alignAttributes(attributes, items)
  const category = aligned.fields[0].features
  const { table } = await readTable(join(folder, 'next_day_links.csv.gz'))
  const [user, item, label, split] = ['user', 'item', 'label', 'split'].map((name) => {
    const { codes, values } = table.column(name, name)
    return (row: number): string => values.id(codes[row])
  })
  const rows = (name: string): number[] =>
    Array.from({ length: table.rows }, (_, r) => r).filter((r) => split(r) === name)
  const links = (of: readonly number[]): Links => ({
    users: Int32Array.from(of, (r) => sequences.users.row(user(r))),
    items: Int32Array.from(of, (r) => items.row(item(r))),
    labels: Uint8Array.from(of, (r) => Number(label(r))),
  })
  const validation = links([...rows('validation'), ...rows('train')])
  return {
    sequences: { ...sequences, items },
    attributes: aligned,
    known,
    pairs: interactions.matrix,
    categoryOf: Int32Array.from({ length: items.size }, (_, v) =>
      category.degree(v) > 0 ? category.row(v)[0] : -1,
    ),
    validation: withDrawn(validation, rows('validation').length),
    test: links(rows('test')),
    end: sequences.times!.reduce((a, b) => Math.max(a, b)) + DAY,
  }
}

/**
 * The validation rows are links only. Like the negatives of the other rows, each gets one for the same user, with an item drawn
 * from the links of others.
 */
function withDrawn({ users, items, labels }: Links, count: number): Links {
  const rng = new Random(20190620)
  const linked = new Set(Array.from(users, (u, k) => `${u} ${items[k]}`))
  const drawn = Int32Array.from({ length: count }, (_, k) => {
    for (;;) {
      const item = items[rng.int(count)]
      if (!linked.has(`${users[k]} ${item}`)) return item
    }
  })
  return {
    users: Int32Array.from([...users, ...users.subarray(0, count)]),
    items: Int32Array.from([...items, ...drawn]),
    labels: Uint8Array.from([...labels, ...new Uint8Array(count)]),
  }
}

/** How a user's events weigh: e^(−decay · days before the eleventh), summing to one; then the mean of cosines, or the largest. */
export interface UserView {
  readonly decay: number
  readonly pooling: 'mean' | 'max'
}

/** The score of every link: how near the item is to what the user did. A user without events scores 0. */
export function linkScores(
  { sequences: { sentences, times }, end }: Tianchi,
  { users, items }: Links,
  vectors: Float32Array,
  dim: number,
  { decay, pooling }: UserView,
): Float64Array {
  const unit = unitRows(vectors, dim)
  return Float64Array.from(items, (item, k) => {
    const user = users[k]
    if (user < 0) return 0
    let [sum, total, best] = [0, 0, -Infinity]
    for (let t = sentences.offsets[user]; t < sentences.offsets[user + 1]; t++) {
      const weight = Math.exp((-decay * (end - times![t])) / DAY)
      let cosine = 0
      const from = sentences.tokens[t] * dim
      for (let c = 0; c < dim; c++) cosine += unit[from + c] * unit[item * dim + c]
      sum += weight * cosine
      total += weight
      best = Math.max(best, cosine)
    }
    return total === 0 ? 0 : pooling === 'mean' ? sum / total : best
  })
}

export function unitRows(vectors: Float32Array, dim: number): Float32Array {
  const out = Float32Array.from(vectors)
  for (let at = 0; at < out.length; at += dim) {
    let squares = 0
    for (let c = at; c < at + dim; c++) squares += out[c] ** 2
    if (squares > 0) for (let c = at; c < at + dim; c++) out[c] /= Math.sqrt(squares)
  }
  return out
}

/** AUC over all links, and over those whose item was seen, or not, in the ten days. */
export interface Aucs {
  readonly all: number
  readonly seen: number
  readonly unseen: number
}

export function aucs({ known }: Tianchi, { items, labels }: Links, scores: Float64Array): Aucs {
  const over = (keep: (item: number) => boolean): number => {
    const of = (label: number): number[] =>
      [...scores].filter((_, k) => labels[k] === label && keep(items[k]))
    return rocAuc(of(1), of(0))
  }
  return { all: over(() => true), seen: over((item) => item < known), unseen: over((item) => item >= known) }
}

/** Scores by how many events an item has. */
export function byCount({ sequences }: Tianchi, { items }: Links): Float64Array {
  const counts = new Float64Array(sequences.items.size)
  for (const item of sequences.sentences.tokens) counts[item]++
  return Float64Array.from(items, (item) => counts[item])
}

/** Scores by the share of a user's events that are in the item's category. */
export function byCategory(
  { sequences: { sentences }, categoryOf }: Tianchi,
  { users, items }: Links,
): Float64Array {
  return Float64Array.from(items, (item, k) => {
    if (users[k] < 0) return 0
    const own = sentences.tokens.subarray(sentences.offsets[users[k]], sentences.offsets[users[k] + 1])
    return own.filter((other) => categoryOf[other] === categoryOf[item]).length / own.length
  })
}
