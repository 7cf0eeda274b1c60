/** `homophily/graph`: graphs in compressed sparse rows, and walks over them. */
export type { Graph } from './graph.ts'
export type { Sentences } from './sentences.ts'
export { biasSettings, walkSettings, type WalkSettings } from './walks/settings.ts'
export { createWalker, type Walker, walkSentences } from './walks/walker.ts'
export { createMetapathWalker, type NodeTypes } from './walks/metapath.ts'
