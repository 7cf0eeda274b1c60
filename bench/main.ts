/** `npm run bench -- <name>`: benchmarks print ratios against a named peer in the same run, and never fail a build. */
import { deep } from './deep.ts'
import { kernelsBench } from './kernels.ts'
import { killsBench } from './kills.ts'
import { kmeans } from './kmeans.ts'
import { lightgcn } from './lightgcn.ts'
import { lookalikeBench } from './lookalike.ts'
import { mapBench } from './map.ts'
import { million } from './million.ts'
import { paintBench } from './paint.ts'
import { reading } from './reading.ts'
import { skipGramLarge } from './skip-gram-large.ts'
import { serviceBench } from './service.ts'
import { skipGram } from './skip-gram.ts'
import { umapBench } from './umap.ts'
import { umapLarge, umapVersions } from './umap-more.ts'
import { soak } from './soak.ts'
import { walks } from './walks.ts'

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  deep,
  kernels: kernelsBench,
  kills: killsBench,
  kmeans,
  lightgcn,
  lookalike: lookalikeBench,
  map: mapBench,
  million,
  paint: paintBench,
  reading,
  service: serviceBench,
  skipgram: skipGram,
  'skipgram-large': skipGramLarge,
  umap: umapBench,
  'umap-large': umapLarge,
  'umap-versions': umapVersions,
  soak,
  walks,
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name))
if (names.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run bench -- ${Object.keys(benchmarks).join(' | ')}`)
  process.exitCode = 2
} else {
  for (const name of names) await benchmarks[name]()
}
