/**
 * A clustering method of one's own, composed from the parts of `homophily/nn`: an autoencoder whose code goes into a softmax over K
 * clusters, trained to reconstruct and to make the clusters informative:
 *   L = ‖x − x̂‖² − β(t)·I(X; Y),  I(X; Y) = H(Y) − H(Y|X),
 * rows should be sure of their cluster, and the clusters should be used alike. docs/clustering-grammar.md explains it line by line.
 */
import { z } from 'zod'
import { heap } from '../src/kernels/heap.ts'
import { clusterFacts, clusterSettings, prepareFeatures } from '../src/models/cluster/family/deep.ts'
import { defineClusterer } from '../src/models/cluster/family/definition.ts'
import {
  argmaxRows,
  autoencoderSettings,
  createDense,
  dense,
  descend,
  encodeAll,
  meanSquaredError,
  minibatches,
  pretrain,
  runPhase,
  stack,
  takeRows,
} from '../src/nn/index.ts'
import { columnSum, log, mul, neg, scale, sub, sum } from '../src/tensor/elementwise.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { adam } from '../src/tensor/optimiser.ts'
import { softmax } from '../src/tensor/rowwise.ts'
import { linear } from '../src/tensor/schedule.ts'

/** A term is a function to a 1 × 1 matrix: here H(Y|X) − H(Y) of soft assignments p (rows × K). */
export function negativeInformation(p: Matrix): Matrix {
  const share = 1 / p.rows
  const usage = scale(columnSum(p), share)
  const entropy = neg(sum(mul(usage, log(usage))))
  const conditional = scale(neg(sum(mul(p, log(p)))), share)
  return sub(conditional, entropy)
}

export const informative = defineClusterer({
  name: 'informative',
  title: 'Informative clusters',
  summary: 'An autoencoder with a softmax head that maximises the mutual information of rows and clusters.',
  config: z.strictObject({
    ...clusterSettings,
    ...autoencoderSettings,
    beta: z.number().nonnegative().default(1).describe('Weight of the information at the end; it grows from 0.'),
    epochs: z.int().positive().default(50).describe('Epochs of clustering.'),
    rate: z.number().positive().default(1e-3).describe('Learning rate of Adam.'),
  }),
  needs: ['features'],
  estimate: ({ rows, columns }, { hidden, epochs }) => {
    const weights = hidden.reduce((total, size, l) => total + size * (l === 0 ? columns : hidden[l - 1]), 0)
    return { bytes: 32 * weights + 8 * rows * hidden.length, operations: 6 * weights * rows * epochs }
  },
  *fit({ features }, config, context) {
    const { rng } = context
    const { x } = prepareFeatures(features!, config.clusters)
    // A network: any tree of matrices, and functions of it.
    const network = yield* pretrain(x, config, context)
    const params = { network, head: createDense(config.latent, config.clusters, rng.stream('head')) }
    const assign = (p: typeof params, code: Matrix): Matrix => softmax(dense(code, p.head, 'linear'))
    // An objective: what the network answers for a batch, and terms of that with weights.
    const step = descend({
      params,
      optimiser: (tree) => adam(tree, { rate: config.rate }),
      forward(p, rows: Int32Array) {
        const batch = takeRows(x, rows)
        const code = stack(p.network.encoder, batch)
        return { batch, xHat: stack(p.network.decoder, code), p: assign(p, code) }
      },
      terms: [
        { name: 'reconstruction', weight: 1, of: ({ xHat, batch }) => meanSquaredError(xHat, batch) },
        { name: 'information', weight: linear(0, config.beta), of: ({ p }) => negativeInformation(p) },
      ],
    })
    // A phase: batches, epochs, the step.
    const batches = minibatches(x.rows, config.batch, rng.stream('train'))
    const result = yield* runPhase({ name: 'train', epochs: config.epochs, batches, step })
    // What was learned, for all rows.
    const probabilities = Matrix.zeros<'node', 'cluster'>(x.rows, config.clusters)
    yield* encodeAll(x, (block) => assign(params, stack(network.encoder, block)), probabilities)
    const labels = argmaxRows(probabilities, heap.i32(x.rows))
    const facts = clusterFacts(labels, config.clusters, { ...result })
    return { labels, clusters: config.clusters, probabilities, latent: null, centres: null, facts }
  },
})
