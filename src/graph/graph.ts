/** A graph of one kind of nodes. */
import type { Vocabulary } from '../data/vocabulary.ts'
import type { Sparse } from '../tensor/sparse.ts'

export interface Graph {
  readonly nodes: Vocabulary
  /** n × n, the weights of the edges (values null: all 1). Every edge of an undirected graph is there in both directions. */
  readonly adjacency: Sparse
  readonly directed: boolean
}
