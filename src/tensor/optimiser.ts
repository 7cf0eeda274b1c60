/** Optimisers step parameters in place. Their state is a list of matrices beside the parameters, so it can be checkpointed. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Matrix } from './matrix.ts'
import { listParams, type Params } from './tape.ts'

export interface Optimiser {
  /** One step along `grads` (the tree that `valueAndGrad` answered), at `rate` instead of the configured one if given. */
  step(grads: Params, rate?: number): void
  /** Everything needed to go on later: the arrays are live, not copies. */
  readonly state: { readonly arrays: Readonly<Record<string, Float32Array>>; steps: number }
}

export interface AdamOptions {
  /** Learning rate. */
  readonly rate: number
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  /** L2 penalty, added to the gradient as in Adam. */
  readonly l2?: number
  /** Decoupled weight decay, as in AdamW. */
  readonly decay?: number
}

/** Adam (Kingma & Ba 2015, https://arxiv.org/abs/1412.6980); with `decay`, AdamW (https://arxiv.org/abs/1711.05101). */
export function adam(params: Params, options: AdamOptions): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, l2 = 0, decay = 0 } = options
  const slots = withState(params, ['m', 'v'])
  const state = { arrays: arraysOf(slots), steps: 0 }
  return {
    state,
    step(grads, rate = options.rate) {
      state.steps++
      const settings = { rate, beta1, beta2, epsilon, l2, decay, step: state.steps }
      forEachPair(slots, grads, (slot, g) => {
        kernels().adam(slot.matrix.data, g, slot.arrays[0], slot.arrays[1], settings)
      })
    },
  }
}

export interface SgdOptions {
  readonly rate: number
  readonly momentum?: number
  readonly l2?: number
}

/** Stochastic gradient descent with (heavy-ball) momentum. */
export function sgd(params: Params, options: SgdOptions): Optimiser {
  const { momentum = 0, l2 = 0 } = options
  const slots = withState(params, ['velocity'])
  const state = { arrays: arraysOf(slots), steps: 0 }
  return {
    state,
    step(grads, rate = options.rate) {
      state.steps++
      forEachPair(slots, grads, (slot, g) => {
        kernels().sgd(slot.matrix.data, g, slot.arrays[0], rate, momentum, l2)
      })
    },
  }
}

interface Slot {
  readonly path: string
  readonly matrix: Matrix
  readonly names: readonly string[]
  readonly arrays: readonly Float32Array[]
}

function withState(params: Params, names: readonly string[]): Slot[] {
  return listParams(params).map(({ path, matrix }) => ({
    path,
    matrix,
    names,
    arrays: names.map(() => heap.f32(matrix.data.length)),
  }))
}

function arraysOf(slots: readonly Slot[]): Record<string, Float32Array> {
  return Object.fromEntries(slots.flatMap((s) => s.arrays.map((a, i) => [`${s.path}.${s.names[i]}`, a])))
}

function forEachPair(
  slots: readonly Slot[],
  grads: Params,
  step: (slot: Slot, g: Float32Array) => void,
): void {
  const list = listParams(grads)
  if (list.length !== slots.length) {
    throw fail('SHAPE', {
      op: 'optimiser',
      expected: `gradients of ${slots.length} matrices`,
      got: String(list.length),
    })
  }
  slots.forEach((slot, i) => {
    const { path, matrix } = list[i]
    if (path !== slot.path || matrix.data.length !== slot.matrix.data.length) {
      throw fail('SHAPE', { op: 'optimiser', expected: `the gradient of ${slot.path}`, got: path })
    }
    step(slot, matrix.data)
  })
}
