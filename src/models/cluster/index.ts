/** The family of clusterers. A new method is one file and one line here. */
import { fail } from '../../errors.ts'
import { aeKMeans } from './ae-kmeans.ts'
import { daegc } from './daegc.ts'
import { dcn } from './dcn.ts'
import { dec } from './dec.ts'
import type { ClustererDefinition } from './family/definition.ts'
import { leiden, louvain } from './communities.ts'
import { gae, vgae } from './gae.ts'
import { gaussianMixture } from './gaussian-mixture.ts'
import { idec } from './idec.ts'
import { kMeans } from './k-means.ts'
import { sdcn, sdcnQ } from './sdcn.ts'
import { spectral } from './spectral.ts'
import { vade } from './vade.ts'

export const clusterers: readonly ClustererDefinition[] = [
  kMeans,
  gaussianMixture,
  spectral,
  louvain,
  leiden,
  aeKMeans,
  dec,
  idec,
  dcn,
  vade,
  gae,
  vgae,
  daegc,
  sdcn,
  sdcnQ,
]

/** The method of this name; an unknown one is an error that lists the nearest. */
export function findClusterer(name: string): ClustererDefinition {
  const found = clusterers.find((c) => c.name === name)
  if (!found) throw fail('UNKNOWN_NAME', { kind: 'method', name, known: clusterers.map((c) => c.name) })
  return found
}
