/**
 * What the vectors of skip-gram are worth, here and in gensim, trained on the same DeepWalk walks: AUC on held-out edges, F1 with half
 * of the nodes labelled. Prints a Markdown table; resumable: run it again with the same folder and it goes on after the last result.
 *
 *     PYTHON=… node bench/skip-gram-quality.ts FOLDER [blogcatalog,wiki] [SEEDS]
 *
 * A seed has its own held-out edges, walks and training; splits of nodes are the same ten for all.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evaluateLinks } from '../src/evaluate/link-prediction.ts'
import { splitEdges } from '../src/evaluate/link-split.ts'
import { evaluateClassification } from '../src/evaluate/node-classification.ts'
import { spread } from '../src/evaluate/seeds.ts'
import { tableMarkdown } from '../src/evaluate/table.ts'
import { heap } from '../src/kernels/heap.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { runSync } from '../src/train/run.ts'
import { finished } from './support/finished.ts'
import { type DataName, readLabelled } from './support/labelled-graphs.ts'
import {
  SETTINGS,
  type Side,
  sides,
  startSide,
  type WalkFiles,
  walkFiles,
} from './support/skip-gram-sides.ts'

const [folder = 'skip-gram-quality', names = 'blogcatalog,wiki', list = '1,2,3'] = process.argv.slice(2)
const seeds = list.split(',').map(Number)
const threads = Number(process.env['HOMOPHILY_THREADS'] ?? 2)
/** Walks from every node, one pass. */
const WALKS = 80
const EPOCHS = 1

type Measures = Readonly<Record<'dot' | 'cosine' | 'hadamard' | 'micro' | 'macro', number>>

for (const name of names.split(',') as DataName[]) {
  const rows: string[][] = []
  for (const side of sides.filter(({ quality }) => quality)) {
    const scores: Measures[] = []
    for (const seed of seeds) {
      const key = { data: name, side: side.label, seed, walks: WALKS, epochs: EPOCHS }
      scores.push(await finished(folder, key, () => measure(name, side, seed)))
    }
    const column = (measure: keyof Measures): string => {
      const { mean, std } = spread(scores.map((score) => score[measure]))
      return `${mean.toFixed(4)} ± ${std.toFixed(4)}`
    }
    rows.push([side.label, ...(['dot', 'cosine', 'hadamard', 'micro', 'macro'] as const).map(column)])
  }
  const header = ['', 'AUC, dot', 'AUC, cosine', 'AUC, Hadamard', 'micro-F1', 'macro-F1']
  console.log(tableMarkdown({ title: `${name}, seeds ${seeds.join(', ')}`, header, rows }))
}

async function measure(name: DataName, side: Side, seed: number): Promise<Measures> {
  const { graph, labels } = await readLabelled(name)
  const split = splitEdges(graph, { share: 0.2, keep: 'any', rng: new Random(seed) })
  const work = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const rng = new Random(seed)
    const part = walkFiles(work, 'part', split.train, WALKS, rng.stream('walks of a part'))
    const links = await trained(side, part, graph.nodes.size, seed, work)
    const { scores } = runSync(
      evaluateLinks(links, split, { features: ['hadamard'], rng: rng.stream('links') }),
    )
    const auc = (score: string): number => scores.find((s) => s.score === score)!.measures['auc']
    const whole = walkFiles(work, 'whole', graph, WALKS, rng.stream('walks of all'))
    const vectors = await trained(side, whole, graph.nodes.size, seed, work)
    const { shares } = runSync(evaluateClassification(vectors, labels, { shares: [0.5], rng: new Random(1) }))
    return {
      dot: auc('dot'),
      cosine: auc('cosine'),
      hadamard: auc('hadamard'),
      micro: shares[0].microF1.mean,
      macro: shares[0].macroF1.mean,
    }
  } finally {
    rmSync(work, { recursive: true })
  }
}

async function trained(
  side: Side,
  walks: WalkFiles,
  nodes: number,
  seed: number,
  work: string,
): Promise<Matrix> {
  const peer = await startSide(side, walks, nodes, threads)
  if (!peer) throw new Error('gensim was not found: PYTHON=… names an interpreter that has it')
  const save = join(work, 'vectors.f32')
  await peer.ask(JSON.stringify({ ...side.settings, epochs: EPOCHS, seed, save }))
  peer.stop()
  const bytes = readFileSync(save)
  const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  return new Matrix(nodes, SETTINGS.dim, heap.copy(data))
}
