/** Scorers by kind. */
import { fail } from '../../../../errors.ts'
import { heap, type Region } from '../../../../kernels/heap.ts'
import type { Steps } from '../../../../steps.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { StateTensor } from '../../../state.ts'
import type { FittedScorer, FittedState, ScorerKind } from '../scorer.ts'
import { dotProduct } from './dot-product.ts'
import { graphFilter } from './graph-filter.ts'
import { itemScores } from './item-scores.ts'
import { itemWeights } from './item-weights.ts'

const kinds: Readonly<Record<ScorerKind, (state: FittedState, interactions: Sparse) => FittedScorer>> = {
  'item-scores': itemScores,
  'dot-product': dotProduct,
  'item-weights': itemWeights,
  'graph-filter': graphFilter,
}

/** The scorer of a state. `interactions` (users × items) are what the model was trained on, on the kernel heap. */
export function restoreScorer(state: FittedState, interactions: Sparse): FittedScorer {
  const make = Object.hasOwn(kinds, state.kind) ? kinds[state.kind] : undefined
  if (!make) {
    throw fail('ARTEFACT', {
      path: 'model',
      expected: `a scorer of kind ${Object.keys(kinds).join(', ')}`,
      got: state.kind,
      todo: 'It was written by a later version of homophily; load it with that version.',
    })
  }
  return make(placeState(state), interactions)
}

/** The state with all its arrays where kernels can reach them. */
function placeState(state: FittedState): FittedState {
  return mapTensors(state, (array) => heap.place(array))
}

/** The state with copies of its arrays in `region`. */
export function* copyingState(state: FittedState, region: Region): Steps<FittedState> {
  const copies = new Map<StateTensor['data'], StateTensor['data']>()
  for (const { data } of Object.values(state.tensors)) copies.set(data, yield* heap.copying(data, region))
  return mapTensors(state, (array) => copies.get(array)!)
}

function mapTensors(
  state: FittedState,
  change: (array: StateTensor['data']) => StateTensor['data'],
): FittedState {
  const tensors = Object.entries(state.tensors).map(
    ([name, t]) => [name, { ...t, data: change(t.data) }] as const,
  )
  return { ...state, tensors: Object.fromEntries(tensors) }
}
