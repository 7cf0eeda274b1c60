/** What bundles of every family have in common, and how they are told apart. */
import { fail } from '../errors.ts'
import type { LoadedModel } from './bundle.ts'

/** What is saved beside a model. */
export interface SaveExtras {
  /** Figures to show in lists. */
  readonly metrics?: Readonly<Record<string, number>>
  /** The evaluation report, as plain JSON. */
  readonly report?: unknown
  /** What it was trained on, as plain JSON. */
  readonly data?: unknown
}

const families = {
  recommend: 'a recommender',
  embed: 'an embedding',
  cluster: 'a clustering',
  audience: 'an audience',
  map: 'a map',
} as const
export type Family = keyof typeof families

/** The family that a bundle says it is of; null where this release knows none of that name. */
export function familyOf(metadata: unknown): Family | null {
  const name = (metadata as { family?: unknown } | null)?.family
  return typeof name === 'string' && Object.hasOwn(families, name) ? (name as Family) : null
}

/** What a model of this family is called; null: one of a family that this release does not know. */
export function describeFamily(family: Family | null): string {
  return family === null ? 'a model of an unknown family' : families[family]
}

/** The metadata of a model of this family; one of another is an error that says what it is. */
export function requireFamily(model: LoadedModel, family: Family): Readonly<Record<string, unknown>> {
  const metadata = model.metadata as Readonly<Record<string, unknown>>
  const own = familyOf(metadata)
  if (own === family) return metadata
  throw fail('ARTEFACT', {
    path: `${model.name} version ${model.version}`,
    expected: families[family],
    got: own === null ? `a model of the family ${String(metadata?.['family'])}` : families[own],
    todo: 'Choose another model: `homophily models list`.',
  })
}

export function damagedModel(model: LoadedModel, expected: string): Error {
  return fail('ARTEFACT', {
    path: `${model.name} version ${model.version}`,
    expected,
    got: 'none, or something else',
    todo: 'It is damaged, or was written by a later version of homophily: roll back, or train again.',
  })
}
