/** True classes of rows, for evaluators only: nothing gives the labels back, and no input of a method has a place for them. */
import { type Agreement, agreement } from '../metrics/clustering.ts'

export class Truth {
  readonly #labels: Int32Array
  readonly rows: number
  /** Number of distinct classes. */
  readonly classes: number

  constructor(labels: Int32Array) {
    this.#labels = labels.slice()
    this.rows = labels.length
    this.classes = new Set(labels).size
  }

  /** How well a clustering of the same rows agrees. @throws SHAPE for one of another number of rows. */
  agreement(labels: Int32Array): Agreement {
    return agreement(this.#labels, labels)
  }
}
