/**
 * Vectors of items that were not trained, from their side information: the mean over the fields they have of the mean vector
 * of their values. What it takes is part of a model's state: a table of vectors per field, and a weight per field.
 */
import type { AttributeField, Attributes, FieldSpec } from '../../../data/attributes.ts'
import { attributesFrom } from '../../../data/attributes.ts'
import type { Cell } from '../../../data/table.ts'
import { Vocabulary } from '../../../data/vocabulary.ts'
import { fail } from '../../../errors.ts'
import { Sparse } from '../../../tensor/sparse.ts'
import type { EmbeddingState } from './state.ts'

export interface SideInformation {
  /** The fields; the rows of their `features` are the items to answer for. */
  readonly fields: readonly AttributeField[]
  /** Per field: values × dim. A row of zeros: no trained item had the value, so it counts as not known. */
  readonly tables: readonly Float32Array[]
  /** How much each field counts. */
  readonly weights: ArrayLike<number>
  readonly dim: number
}

/** Writes Σ_j w_j mean_{values of row in j} / Σ_j w_j to `out`; false, and zeros, where nothing is known of the row. */
export function sideVector(
  { fields, tables, weights, dim }: SideInformation,
  row: number,
  out: Float32Array,
): boolean {
  out.fill(0)
  let total = 0
  fields.forEach(({ features }, j) => {
    const known = features.row(row).filter((value) => !isZero(tables[j], value, dim))
    if (known.length === 0 || !(weights[j] > 0)) return
    total += weights[j]
    for (const value of known) {
      for (let c = 0; c < dim; c++) out[c] += (weights[j] / known.length) * tables[j][value * dim + c]
    }
  })
  if (total === 0) return false
  for (let c = 0; c < dim; c++) out[c] /= total
  return true
}

function isZero(table: Float32Array, row: number, dim: number): boolean {
  for (let at = row * dim; at < (row + 1) * dim; at++) if (table[at] !== 0) return false
  return true
}

/** The tables with zeros for values that none of the items for which `trained` is true has. */
export function onlyTrained(
  fields: readonly AttributeField[],
  tables: readonly Float32Array[],
  trained: (item: number) => boolean,
  dim: number,
): Float32Array[] {
  return fields.map(({ features }, j) => {
    const out = new Float32Array(tables[j].length)
    for (let item = 0; item < features.rows; item++) {
      if (!trained(item)) continue
      for (const value of features.row(item)) {
        out.set(tables[j].subarray(value * dim, (value + 1) * dim), value * dim)
      }
    }
    return out
  })
}

/** A field as the facts of a model keep it: its specification, and the edges of its buckets. */
interface SavedField extends FieldSpec {
  readonly edges: readonly number[] | null
}

/** The part of a model's state from which {@link vectorFromAttributes} answers. */
export function sideState({
  fields,
  tables,
  weights,
  dim,
}: SideInformation): Required<Pick<EmbeddingState, 'extra' | 'vocabularies' | 'turning' | 'facts'>> {
  const extra = Object.fromEntries(
    fields.map(({ spec }, j) => [
      `side ${spec.name}`,
      { data: tables[j], shape: [tables[j].length / dim, dim] },
    ]),
  )
  const side = { data: Float32Array.from(weights), shape: [weights.length] }
  return {
    extra: { ...extra, 'side weights': side },
    vocabularies: Object.fromEntries(fields.map(({ spec, values }) => [`side ${spec.name}`, values.ids()])),
    turning: Object.fromEntries(fields.map(({ spec }) => [`side ${spec.name}`, 'rows' as const])),
    facts: { fields: fields.map(({ spec, edges }): SavedField => ({ ...spec, edges: edges && [...edges] })) },
  }
}

/** The vectors of items by their attributes, known or not; see {@link sideVector}. */
export function vectorFromAttributes(
  state: EmbeddingState,
  record: Readonly<Record<string, Cell>>,
): Float32Array {
  const specs = state.facts?.['fields'] as readonly SavedField[] | undefined
  const { extra, vocabularies } = state
  if (!specs || !extra || !vocabularies) {
    throw fail('MISSING', {
      what: 'this model has no vectors of side information',
      todo: 'Train eges, ges or m2grl with attributes.',
    })
  }
  const unknown = Object.keys(record).find((name) => name !== 'id' && !specs.some((s) => s.name === name))
  if (unknown !== undefined) {
    throw fail('UNKNOWN_NAME', { kind: 'field', name: unknown, known: specs.map((s) => s.name) })
  }
  const dim = state.vectors.shape[1]
  const learned = specs.map((spec): AttributeField => {
    const values = Vocabulary.from(vocabularies[`side ${spec.name}`])
    return {
      spec,
      values,
      edges: spec.edges && Float64Array.from(spec.edges),
      features: new Sparse(0, values.size, new Uint32Array(1), new Int32Array(0), null),
    }
  })
  const like: Attributes = { ids: Vocabulary.from([]), fields: learned }
  const { fields } = attributesFrom([{ ...record, id: 'new' }], { like })
  const out = new Float32Array(dim)
  const side: SideInformation = {
    fields,
    tables: specs.map((spec) => extra[`side ${spec.name}`].data as Float32Array),
    weights: extra['side weights'].data,
    dim,
  }
  if (sideVector(side, 0, out)) return out
  throw fail('EMPTY', {
    what: 'no value of these attributes was seen in training',
    todo: `Give at least one known value of ${specs.map((s) => s.name).join(', ')}.`,
  })
}
