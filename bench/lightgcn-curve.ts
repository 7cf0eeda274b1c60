/**
 * The learning curve of LightGCN at the paper's settings on Gowalla: every so many epochs the test figures, seen by an observer
 * that training knows nothing of. The number of epochs is fixed beforehand and the final state is the result. Resumable: run it
 * again with the same folder and it goes on from its last snapshot.
 *
 *     node bench/lightgcn-curve.ts FOLDER [EPOCHS=1000] [EVERY=20] [SEED=1]
 */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readInteractions } from '../src/data/read.ts'
import { evaluateRanking } from '../src/evaluate/ranking.ts'
import { normalizedBipartite } from '../src/graph/bipartite.ts'
import { breadthFirstPlaces, moveNodes } from '../src/graph/locality.ts'
import { heap } from '../src/kernels/heap.ts'
import { kernels } from '../src/kernels/index.ts'
import { resolveConfig } from '../src/models/method.ts'
import { embeddingState } from '../src/models/recommend/family/embedding-state.ts'
import { restoreScorer } from '../src/models/recommend/family/scorers/index.ts'
import { layerWeights, lightGCN } from '../src/models/recommend/lightgcn.ts'
import { propagate } from '../src/nn/propagation.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { gather } from '../src/tensor/rowwise.ts'
import { run, runSync, type Snapshot } from '../src/train/run.ts'
import { resumeTraining, snapshotKeeper } from '../src/workspace/resuming.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { dataFolder } from './support/graphs.ts'

const [folder = 'lightgcn-curve', epochs = '1000', every = '20', seedText = '1'] = process.argv.slice(2)
const seed = Number(seedText)
mkdirSync(folder, { recursive: true })
const table = join(folder, `curve-${seed}.csv`)
if (!existsSync(table)) appendFileSync(table, 'epoch,seconds,threads,recall@20,ndcg@20\n')

const train = (await readInteractions(join(dataFolder, 'gowalla', 'train.csv.gz'))).interactions
const { users, items } = train
const test = (
  await readInteractions(join(dataFolder, 'gowalla', 'test.csv.gz'), { vocabularies: { users, items } })
).interactions
const config = resolveConfig(lightGCN, { epochs: Number(epochs) }, 'paper')
const workspace = await openWorkspace(join(folder, 'workspace'))
const identity = { method: 'lightgcn', config, seed, interactions: train }
const keep = snapshotKeeper(workspace, `paper-${seed}`, identity, 120)
const resume = await resumeTraining(workspace, `paper-${seed}`, identity)

const matrix = train.matrix.placed()
const original = normalizedBipartite(matrix)
const rowOf = heap.place(breadthFirstPlaces(original))
const graph = moveNodes(original, rowOf).placed()
let started = performance.now()
let trained = 0

function observe({ epoch, arrays }: Snapshot): void {
  if (epoch % Number(every) !== 0 && epoch !== Number(epochs)) return
  const result = heap.scope(() => {
    const e = new Matrix<'node', 'latent'>(graph.rows, config.dim, arrays['e'])
    const state = embeddingState(
      gather(propagate(graph, e, layerWeights(config.layers)), rowOf) as typeof e,
      matrix,
    )
    return runSync(
      evaluateRanking(restoreScorer(state, matrix), { train: matrix, test: test.matrix, k: [20] }),
    )
  })
  const row = [
    epoch,
    trained.toFixed(1),
    kernels().threads,
    result.means['recall@20'].toFixed(4),
    result.means['ndcg@20'].toFixed(4),
  ]
  appendFileSync(table, `${row.join(',')}\n`)
}

await run(lightGCN.fit(matrix, config, { rng: new Random(seed), validate: null, resume }), {
  onSnapshot: async (snapshot) => {
    // The clock of this process only counts training.
    trained += (performance.now() - started) / 1000
    observe(snapshot)
    await keep(snapshot)
    started = performance.now()
  },
})
