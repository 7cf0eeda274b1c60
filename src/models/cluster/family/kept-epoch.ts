/** Which epoch of a training is delivered: the last, or the one whose clusters a graph bears out. A choice that needs no labels. */
import { heap } from '../../../kernels/heap.ts'
import { modularity } from '../../../metrics/modularity.ts'
import { argmaxRows, type SelfTrainingHead, type Soft } from '../../../nn/heads/self-training.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { softmax } from '../../../tensor/rowwise.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import type { ProbabilisticState } from './state.ts'

/** What a training has come to. Arrays are in the region that is open at construction; those of the head are written over. */
export class KeptEpoch {
  /** The labels at the last look. */
  readonly seen: Int32Array
  readonly #graph: Sparse | null
  readonly #head: SelfTrainingHead
  readonly #centres: SelfTrainingHead['centres']
  #modularity = -Infinity
  #epoch = 0

  /** With a graph the first of the most modular looks is kept, without one the last. */
  constructor(graph: Sparse | null, head: SelfTrainingHead) {
    this.seen = heap.i32(head.labels.length)
    this.#graph = graph
    this.#head = head
    this.#centres = Matrix.zeros(head.centres.rows, head.centres.cols)
  }

  /** Takes what there is after `epoch` epochs, where it is to be kept. The clusters are the largest of each row of the logits. */
  look(epoch: number, latent: Matrix, logits: Soft, centres: Matrix): void {
    const head = this.#head
    argmaxRows(logits, this.seen)
    if (this.#graph) {
      const own = modularity({ adjacency: this.#graph, directed: false }, this.seen)
      if (own <= this.#modularity) return
      this.#modularity = own
    }
    this.#epoch = epoch
    head.labels.set(this.seen)
    head.latent.data.set(latent.data)
    this.#centres.data.set(centres.data)
    heap.scope(() =>
      head.assignment.data.set(softmax(new Matrix(logits.rows, logits.cols, logits.data)).data),
    )
  }

  /** The epoch that is kept. */
  get epoch(): number {
    return this.#epoch
  }

  /** What is kept. */
  get state(): Pick<ProbabilisticState, 'labels' | 'probabilities' | 'latent' | 'centres'> {
    const { labels, assignment: probabilities, latent } = this.#head
    return { labels, probabilities, latent, centres: this.#centres }
  }
}
