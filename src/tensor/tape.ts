/**
 * Reverse-mode differentiation. {@link valueAndGrad} runs a loss on tracked copies of the parameters; every op that meets a
 * tracked matrix notes on the tape how to pull the gradient back. There is no state to reset between steps.
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { zeros } from '../kernels/index.ts'
import { Matrix, shapeOf } from './matrix.ts'

/** A plain tree of matrices. */
export type Params = Matrix | readonly Params[] | { readonly [name: string]: Params }

export class Tape {
  /** @internal */ readonly pullbacks: (() => void)[] = []
  /** Gradients live as long as the step that asked for them, whatever scope a pullback opens. @internal */
  readonly region = heap.region
}

/**
 * The loss and its gradient with respect to every matrix of `params`, in the same tree. `loss` must answer a 1 × 1 matrix and
 * be a pure function of its argument. The gradients belong to the region that is open at the call, so call it in `heap.scope`.
 */
export function valueAndGrad<P extends Params>(
  loss: (params: P) => Matrix,
  params: P,
): { value: number; grads: P } {
  const tape = new Tape()
  const tracked = mapParams(params, (m) => new Matrix(m.rows, m.cols, m.data, tape))
  const result = loss(tracked)
  if (result.rows !== 1 || result.cols !== 1) {
    throw fail('SHAPE', {
      op: 'valueAndGrad',
      expected: 'a 1 × 1 loss (reduce it with sum or mean)',
      got: shapeOf(result),
    })
  }
  if (result.tape !== tape) {
    throw fail('ARGUMENT', {
      what: 'valueAndGrad',
      expected: 'a loss that depends on its parameters',
      got: 'a constant',
    })
  }
  gradientOf(result)!.fill(1)
  for (let i = tape.pullbacks.length - 1; i >= 0; i--) tape.pullbacks[i]()
  const grads = mapParams(tracked, (m) => new Matrix(m.rows, m.cols, gradientOf(m)!))
  return { value: result.item(), grads }
}

/** The gradient buffer of a tracked matrix, zero at first; null for a constant, whose gradient nobody wants. */
export function gradientOf(m: Matrix): Float32Array | null {
  if (m.tape === null) return null
  m.grad ??= heap.within(m.tape.region, () => zeros(m.data.length))
  return m.grad
}

/**
 * The output of an op: rows × cols of undefined contents, tracked if any input is. `pullback` gets the gradient of the output
 * and adds to {@link gradientOf} each input; it is skipped when the loss does not depend on the output.
 */
export function output(
  rows: number,
  cols: number,
  inputs: readonly Matrix[],
  pullback: (gradient: Float32Array) => void,
): Matrix {
  let tape: Tape | null = null
  for (const { tape: other } of inputs) {
    if (other === null) continue
    if (tape !== null && tape !== other) {
      throw fail('ARGUMENT', { what: 'op', expected: 'matrices of one valueAndGrad', got: 'matrices of two' })
    }
    tape = other
  }
  const out = new Matrix(rows, cols, heap.scratchF32(rows * cols), tape)
  tape?.pullbacks.push(() => {
    if (out.grad !== null) pullback(out.grad)
  })
  return out
}

/** The tree with `change` applied to each matrix. */
function mapParams<P extends Params>(params: P, change: (m: Matrix, index: number) => Matrix): P {
  let index = 0
  const visit = (node: Params): Params => {
    if (node instanceof Matrix) return change(node, index++)
    if (Array.isArray(node)) return node.map(visit)
    return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, visit(child)]))
  }
  return visit(params) as P
}

/** The matrices of a tree in a fixed order, with their paths. */
export function listParams(params: Params, path = ''): { path: string; matrix: Matrix }[] {
  if (params instanceof Matrix) return [{ path: path || 'value', matrix: params }]
  const children: readonly (readonly [string, Params])[] = Object.entries(params)
  return children.flatMap(([name, child]) => listParams(child, path ? `${path}.${name}` : name))
}
