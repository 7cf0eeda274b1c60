/** The family of embedding methods. A new method is one file and one line here. */
import { fail } from '../../errors.ts'
import type { EmbedderDefinition } from './family/definition.ts'
import { deepWalk } from './deepwalk.ts'
import { bge, eges, ges } from './eges.ts'
import { item2vec } from './item2vec.ts'
import { line } from './line.ts'
import { m2grl } from './m2grl.ts'
import { m2grlMetric } from './m2grl-metric.ts'
import { node2vec } from './node2vec.ts'

export const embedders: readonly EmbedderDefinition[] = [
  deepWalk,
  node2vec,
  line,
  item2vec,
  bge,
  ges,
  eges,
  m2grl,
  m2grlMetric,
]

/** The method of this name; an unknown one is an error that lists the nearest. */
export function findEmbedder(name: string): EmbedderDefinition {
  const found = embedders.find((each) => each.name === name)
  if (!found) throw fail('UNKNOWN_NAME', { kind: 'method', name, known: embedders.map((each) => each.name) })
  return found
}
