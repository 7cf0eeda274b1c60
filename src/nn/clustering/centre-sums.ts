/** Sums and sizes of clusters, gathered block by block; the sums of blocks are added in float64. */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { addRowsToGroups, type Features } from '../../tensor/features.ts'

export class CentreSums {
  /** K × d. */
  readonly sums: Float64Array
  readonly sizes: Float64Array
  /** K × d: the sums of one block of rows, for {@link addBlock}. */
  readonly block: Float32Array

  constructor(k: number, d: number) {
    this.sums = new Float64Array(k * d)
    this.sizes = new Float64Array(k)
    this.block = heap.scratchF32(k * d)
  }

  clear(): void {
    this.sums.fill(0)
    this.sizes.fill(0)
  }

  /** Adds the rows from … to − 1 of x to the clusters of their labels. */
  addRows(x: Features, from: number, to: number, labels: Int32Array): void {
    kernels().fill(0, this.block)
    addRowsToGroups(x, from, to, labels, this.block)
    this.addBlock(labels)
  }

  /** Adds what is in `block`, the sums of the rows that have these labels. */
  addBlock(labels: Int32Array): void {
    for (let j = 0; j < this.sums.length; j++) this.sums[j] += this.block[j]
    for (let i = 0; i < labels.length; i++) this.sizes[labels[i]]++
  }

  /** Writes the mean of each cluster that has rows into `centres` (K × d); answers the clusters that have none. */
  means(centres: Float32Array): number[] {
    const d = this.sums.length / this.sizes.length
    const empty: number[] = []
    for (let c = 0; c < this.sizes.length; c++) {
      if (this.sizes[c] === 0) {
        empty.push(c)
        continue
      }
      for (let j = c * d; j < (c + 1) * d; j++) centres[j] = this.sums[j] / this.sizes[c]
    }
    return empty
  }
}
