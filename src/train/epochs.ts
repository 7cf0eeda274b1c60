/** The loop that iterative methods share: epochs, early stopping on a validation score, a snapshot after each epoch. */
import { fail } from '../errors.ts'
import type { Job, Snapshot } from './run.ts'

/** Named arrays that are a training's whole state between two epochs. */
export type TrainingState = Readonly<Record<string, Float32Array>>

export interface EpochsOptions {
  readonly epochs: number
  /** Parameters and optimiser state: restored from a checkpoint, and from the best epoch when stopping early. */
  readonly state: TrainingState
  /** Steps taken so far, if the optimiser counts them. */
  readonly counter?: { steps: number }
  /** Which of `state` is the model: only these go back to the best epoch. */
  readonly model: readonly string[]
  /** One epoch; yields progress within the epoch as a fraction and answers the mean loss. */
  epoch(epoch: number): Generator<number, number, void>
  /** The validation score of the model as it stands (higher is better), or null without a validation split. */
  readonly validate: (() => Job<number>) | null
  readonly validateEvery: number
  /** Stop after this many validations without a new best. */
  readonly patience: number
  /** Goes on from here instead of from the start. */
  readonly resume?: Snapshot | null
  /** A remark on the model as it stands after an epoch. */
  readonly note?: ((epoch: number) => string) | null
}

export interface EpochsResult {
  /** Epochs run. */
  readonly epochs: number
  /** The epoch whose parameters the model now has. */
  readonly epoch: number
  /** [epoch, validation score] pairs. */
  readonly curve: readonly (readonly [number, number])[]
}

/** Runs the epochs. With validation the model ends with the parameters of its best validated epoch, else with the last ones. */
export function* trainEpochs(options: EpochsOptions): Job<EpochsResult> {
  const { epochs, state, validate } = options
  let best = { epoch: 0, score: -Infinity, arrays: null as TrainingState | null }
  const curve: (readonly [number, number])[] = []
  let start = 0
  const { resume } = options
  if (resume) {
    restore(options, resume)
    start = resume.epoch
    const kept = Object.entries(resume.arrays).filter(([name]) => name.startsWith(BEST))
    best = {
      epoch: resume.numbers['bestEpoch'] ?? 0,
      score: resume.numbers['bestScore'] ?? -Infinity,
      arrays:
        kept.length > 0
          ? Object.fromEntries(kept.map(([name, array]) => [name.slice(BEST.length), array]))
          : null,
    }
    for (let i = 0; `epoch${i}` in resume.numbers; i++)
      curve.push([resume.numbers[`epoch${i}`], resume.numbers[`score${i}`]])
  }

  const snapshot = (epoch: number): Snapshot => {
    const numbers: Record<string, number> = { steps: options.counter?.steps ?? 0 }
    if (best.arrays) Object.assign(numbers, { bestEpoch: best.epoch, bestScore: best.score })
    curve.forEach(([at, score], i) => Object.assign(numbers, { [`epoch${i}`]: at, [`score${i}`]: score }))
    const kept = Object.entries(best.arrays ?? {}).map(([name, array]) => [BEST + name, array] as const)
    return { epoch, numbers, arrays: { ...state, ...Object.fromEntries(kept) } }
  }

  let ran = start
  for (let epoch = start + 1; epoch <= epochs; epoch++) {
    const inner = options.epoch(epoch)
    let step = inner.next()
    while (!step.done) {
      yield { phase: 'train', done: epoch - 1 + step.value, of: epochs, unit: 'epochs' }
      step = inner.next()
    }
    const loss = step.value
    if (!Number.isFinite(loss)) {
      throw fail('DIVERGED', {
        what: `the loss became ${loss} in epoch ${epoch}`,
        todo: 'Use a smaller learning rate.',
      })
    }
    ran = epoch
    if (validate && (epoch % options.validateEvery === 0 || epoch === epochs)) {
      const score = yield* validate()
      curve.push([epoch, score])
      const better = score > best.score
      if (better) {
        best = {
          epoch,
          score,
          arrays: Object.fromEntries(options.model.map((name) => [name, state[name].slice()])),
        }
      }
      yield {
        phase: 'train',
        done: epoch,
        of: epochs,
        unit: 'epochs',
        loss,
        note: `validation ${score.toFixed(4)}${better ? ' (best)' : ''}`,
      }
      const since = curve.length - 1 - curve.findIndex(([at]) => at === best.epoch)
      if (since >= options.patience) break
    }
    yield {
      phase: 'train',
      done: epoch,
      of: epochs,
      unit: 'epochs',
      loss,
      ...(options.note ? { note: options.note(epoch) } : {}),
      snapshot: snapshot(epoch),
    }
  }
  if (!best.arrays) return { epochs: ran, epoch: ran, curve }
  for (const name of options.model) state[name].set(best.arrays[name])
  return { epochs: ran, epoch: best.epoch, curve }
}

/** Prefix of the best epoch's arrays in a snapshot. */
const BEST = 'best:'

function restore({ state, counter }: EpochsOptions, snapshot: Snapshot): void {
  for (const [name, array] of Object.entries(state)) {
    const from = snapshot.arrays[name]
    if (from?.length !== array.length) {
      throw fail('ARTEFACT', {
        path: 'checkpoint',
        expected: `${array.length} numbers of ${name}`,
        got: String(from?.length ?? 'none'),
        todo: 'It belongs to another configuration or data set; start anew.',
      })
    }
    array.set(from)
  }
  if (counter) counter.steps = snapshot.numbers['steps'] ?? 0
}
