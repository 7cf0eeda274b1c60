/** How well embeddings tell pairs that belong together from pairs that do not, watched while they are trained. */
import { fail } from '../errors.ts'
import { rocAuc } from '../metrics/pairs.ts'
import { heap } from '../kernels/heap.ts'
import type { Matrix } from '../tensor/matrix.ts'

/** Pairs kept from training: `from[i]` belongs with `to[i]`; `negativeFrom[i]` does not belong with `negativeTo[i]`. */
export interface HeldOutPairs {
  readonly from: Int32Array
  readonly to: Int32Array
  readonly negativeFrom: Int32Array
  readonly negativeTo: Int32Array
  /**
   * How a pair is scored: `input` takes x_from · x_to (undirected), `output` x_from · y_to, what the training fits (directed). `input` if left out.
   */
  readonly score?: 'input' | 'output'
}

/** Throws ARGUMENT if the pairs do not fit `nodes` nodes, EMPTY if there are no positives or no negatives. */
export function checkHeldOut(pairs: HeldOutPairs, nodes: number): void {
  const { from, to, negativeFrom, negativeTo } = pairs
  if (from.length === 0 || negativeFrom.length === 0) {
    throw fail('EMPTY', {
      what: 'held-out pairs: no positives or no negatives',
      todo: 'Give some of both, or leave them out.',
    })
  }
  if (from.length !== to.length || negativeFrom.length !== negativeTo.length) {
    throw fail('ARGUMENT', {
      what: 'held-out pairs',
      expected: 'as many ends as beginnings',
      got: `${from.length} and ${to.length} positives, ${negativeFrom.length} and ${negativeTo.length} negatives`,
    })
  }
  for (const list of [from, to, negativeFrom, negativeTo]) {
    const wrong = list.find((node) => node < 0 || node >= nodes)
    if (wrong === undefined) continue
    throw fail('ARGUMENT', { what: 'held-out pairs', expected: `rows below ${nodes}`, got: String(wrong) })
  }
}

/** The chance that a held-out pair scores above a negative one, ties counting half (area under the ROC curve). */
export function heldOutAuc(pairs: HeldOutPairs, input: Matrix, output: Matrix): number {
  const right = pairs.score === 'output' ? output : input
  return rocAuc(
    pairScores(pairs.from, pairs.to, input, right),
    pairScores(pairs.negativeFrom, pairs.negativeTo, input, right),
  )
}

/**
 * Watches a training: `note` scores the matrices that `now` answers, in memory that is given back, and says so; `facts` has the scores
 * of all epochs. Nothing is watched without pairs.
 *
 * @throws what {@link checkHeldOut} throws
 */
export function heldOutAucs(
  pairs: HeldOutPairs | null,
  nodes: number,
  now: () => { readonly input: Matrix; readonly output: Matrix },
): {
  readonly note: ((epoch: number) => string) | null
  readonly facts: { readonly heldOutAuc?: readonly number[] }
} {
  if (!pairs) return { note: null, facts: {} }
  checkHeldOut(pairs, nodes)
  const scores: number[] = []
  return {
    facts: { heldOutAuc: scores },
    note(epoch) {
      const auc = heap.scope(() => {
        const { input, output } = now()
        return heldOutAuc(pairs, input, output)
      })
      scores.push(auc)
      return heldOutNote(epoch, auc)
    },
  }
}

/** What is said of it after an epoch. */
export function heldOutNote(epoch: number, auc: number): string {
  return `epoch ${epoch}: held-out AUC ${auc.toFixed(4)}`
}

function pairScores(from: Int32Array, to: Int32Array, left: Matrix, right: Matrix): Float64Array {
  return Float64Array.from(from, (node, i) => {
    const [x, y] = [left.row(node), right.row(to[i])]
    let sum = 0
    for (let j = 0; j < x.length; j++) sum += x[j] * y[j]
    return sum
  })
}
