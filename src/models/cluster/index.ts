/** The family of clusterers. A new method is one file and one line here. */
import { fail } from '../../errors.ts'
import type { ClustererDefinition } from './family/definition.ts'
import { gaussianMixture } from './gaussian-mixture.ts'
import { kMeans } from './k-means.ts'

export const clusterers: readonly ClustererDefinition[] = [kMeans, gaussianMixture]

/** The method of this name; an unknown one is an error that lists the nearest. */
export function findClusterer(name: string): ClustererDefinition {
  const found = clusterers.find((c) => c.name === name)
  if (!found) throw fail('UNKNOWN_NAME', { kind: 'method', name, known: clusterers.map((c) => c.name) })
  return found
}
