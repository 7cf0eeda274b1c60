import { z } from 'zod'
import { normalised, withLoops } from '../../graph/normalise.ts'
import { twoStepProximity } from '../../graph/proximity.ts'
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { SelfTrainingHead, type Soft, studentLogits } from '../../nn/heads/self-training.ts'
import { attend, type Attention, createAttention, type Neighbours } from '../../nn/layers/graph-attention.ts'
import { klDivergence } from '../../nn/terms/cross-entropy.ts'
import { linkReconstruction, linkReconstructionBytes } from '../../nn/terms/link-reconstruction.ts'
import { descend, type Term } from '../../nn/training/objective.ts'
import { fullBatch, runPhase } from '../../nn/training/phase.ts'
import { EdgePattern } from '../../tensor/edges.ts'
import { elu } from '../../tensor/elementwise.ts'
import type { Features } from '../../tensor/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { adam } from '../../tensor/optimiser.ts'
import { normalizeRows } from '../../tensor/rowwise.ts'
import type { Job } from '../../train/run.ts'
import {
  clusterFacts,
  clusterSettings,
  fullBatchBytes,
  layerWeights,
  prepareFeatures,
} from './family/deep.ts'
import { defineClusterer } from './family/definition.ts'
import { mostModular, runGenerators, runSettings } from './family/runs.ts'
import type { ClusterState } from './family/state.ts'

/** Z = elu(GAT(elu(GAT(X)))), rows of unit length. */
function encodeAttended(layers: readonly Attention[], neighbours: Neighbours, x: Features): Matrix {
  return normalizeRows(
    layers.reduce<Matrix | Features>((h, layer) => elu(attend(neighbours, h, layer)), x) as Matrix,
  )
}

function createLayers(sizes: readonly number[], rng: Random): Attention[] {
  return sizes.slice(1).map((outputs, l) => createAttention(sizes[l], outputs, rng.stream('attention', l)))
}

/** L = cross-entropy of σ(Z Zᵀ) against A + I, + γ·KL(P ‖ Q), on graph attention weighed by M = (B + B²)/2. */
export const daegc = defineClusterer({
  name: 'daegc',
  title: 'DAEGC',
  summary: 'Graph attention that learns to tell edges, then sharpens its own assignments as well.',
  paper: 'https://arxiv.org/abs/1906.06532',
  config: z.strictObject({
    ...clusterSettings,
    hidden: z.int().positive().default(256).describe('Size of the hidden layer.'),
    latent: z.int().positive().default(16).describe('Size of the code.'),
    neighbours: z
      .enum(['edges', 'two steps'])
      .default('edges')
      .describe('Whom a node attends to: its neighbours, or also theirs.'),
    pretrainEpochs: z.int().nonnegative().default(30).describe('Epochs of telling edges alone.'),
    pretrainRate: z.number().positive().default(5e-3).describe('Learning rate of Adam in pre-training.'),
    epochs: z
      .int()
      .positive()
      .default(200)
      .describe('Epochs of clustering, each one step on the whole graph.'),
    rate: z.number().positive().default(1e-4).describe('Learning rate of Adam.'),
    l2: z.number().nonnegative().default(5e-3).describe('L2 penalty in both.'),
    gamma: z.number().nonnegative().default(10).describe('γ: weight of the clustering term.'),
    refreshEvery: z.int().positive().default(5).describe('Epochs between two renewals of the target P.'),
    ...runSettings(1),
  }),
  presets: {
    official: { summary: 'The authors’ code: attention over the edges.', config: { neighbours: 'edges' } },
    paper: { summary: 'The paper: attention wherever M is not zero.', config: { neighbours: 'two steps' } },
  },
  needs: ['features', 'graph'],
  estimate: ({ rows, columns, edges }, config) => {
    const sizes = [columns, config.hidden, config.latent]
    const width = 3 * (config.hidden + config.latent)
    // Neighbours of neighbours: by the mean degree, at most everybody.
    const perRow = edges / Math.max(1, rows) + 1
    const entries = rows * (config.neighbours === 'edges' ? perRow : Math.min(rows, perRow ** 2))
    const epochs = config.runs * (config.pretrainEpochs + config.epochs)
    return {
      bytes:
        fullBatchBytes(rows, layerWeights(sizes), width) +
        linkReconstructionBytes(rows, config.latent) +
        80 * entries,
      operations:
        epochs * (3 * rows * layerWeights(sizes) + 3 * entries * width + 2 * rows * rows * config.latent),
    }
  },
  *fit(input, config, { rng, observe }) {
    const { clusters } = config
    const { x } = prepareFeatures(input.features!, clusters)
    const target = withLoops(input.graph!).placed()
    const m = twoStepProximity(normalised(target, 'row'), config.neighbours).placed()
    const neighbours = { edges: new EdgePattern(m), proximity: new Matrix(m.nnz, 1, m.values!) }
    const links = <O extends { readonly z: Matrix }>(): Term<O, number> => ({
      name: 'links',
      weight: 1,
      of: ({ z }) => linkReconstruction(z, target),
    })
    const { l2 } = config

    function* train(rng: Random): Job<ClusterState> {
      const layers = createLayers([x.cols, config.hidden, config.latent], rng.stream('init'))
      yield* runPhase({
        name: 'pretrain',
        epochs: config.pretrainEpochs,
        batches: fullBatch,
        step: descend({
          params: layers,
          optimiser: (params) => adam(params, { rate: config.pretrainRate, l2 }),
          forward: (p) => ({ z: encodeAttended(p, neighbours, x) }),
          terms: [links()],
        }),
      })
      const head = new SelfTrainingHead(x.rows, clusters, config.latent, function* (out) {
        heap.scope(() => out.data.set(encodeAttended(layers, neighbours, x).data))
        yield { phase: 'encode', done: x.rows, of: x.rows, unit: 'rows' }
      })
      yield* head.init(config.restarts, rng)
      const result = yield* runPhase({
        name: 'train',
        epochs: config.epochs,
        batches: fullBatch,
        step: descend({
          params: { layers, centres: head.centres },
          optimiser: (params) => adam(params, { rate: config.rate, l2 }),
          forward({ layers, centres }) {
            const z = encodeAttended(layers, neighbours, x)
            return { z, logits: studentLogits(z, centres) }
          },
          terms: [
            links<{ z: Matrix; logits: Soft }>(),
            {
              name: 'clustering',
              weight: config.gamma,
              of: ({ logits }) => klDivergence(head.target, logits),
            },
          ],
        }),
        refresh: {
          every: config.refreshEvery,
          unit: 'epochs',
          *run(epoch) {
            yield* head.refresh()
            observe?.({ epoch, labels: head.labels, latent: head.latent })
            return false
          },
        },
      })
      yield* head.refresh()
      const { labels, latent, assignment: probabilities, centres } = head
      return {
        labels,
        clusters,
        probabilities,
        latent,
        centres,
        facts: clusterFacts(labels, clusters, { ...result }),
      }
    }
    return yield* mostModular(runGenerators(config.runs, rng), input.graph!, train)
  },
})
