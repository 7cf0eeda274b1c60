/** The data sets of the clustering tables, from a folder that has them as sparse triples, .npy arrays and lists of edges. */
import { join } from 'node:path'
import { readEdges } from '../../data/read-edges.ts'
import { readLabels } from '../../data/read-labels.ts'
import { readMatrix } from '../../data/read-matrix.ts'
import { nearestNeighbourGraph } from '../../graph/knn.ts'
import { heap } from '../../kernels/heap.ts'
import type { Features } from '../../tensor/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import type { TableData, TableSet } from './definition.ts'

const NEIGHBOURS = 3

export const acm: TableSet = {
  name: 'acm',
  title: 'ACM',
  clusters: 3,
  hasGraph: true,
  recipe: 'bag of words as it is; graph: papers that share an author (view PAP)',
  load: (folder) => fromFiles(join(folder, 'acm'), 'features.csv.gz', 'view_PAP.csv.gz'),
}

export const citeseer: TableSet = {
  name: 'citeseer',
  title: 'Citeseer',
  clusters: 6,
  hasGraph: true,
  recipe: 'bag of words as it is; graph: citations',
  load: (folder) => fromFiles(join(folder, 'citeseer'), 'features.csv.gz', 'edges.csv.gz'),
}

export const usps: TableSet = {
  name: 'usps',
  title: 'USPS',
  clusters: 10,
  hasGraph: true,
  recipe: `grey values from 0 to 1; graph: ${NEIGHBOURS} nearest neighbours by the heat kernel, joined both ways, weights 1`,
  async load(folder) {
    const data = await fromFiles(join(folder, 'usps'), 'features.npy.gz', null)
    return { ...data, input: { ...data.input, graph: neighbourGraph(data.input.features!) } }
  },
}

export const mnist: TableSet = {
  name: 'mnist',
  title: 'MNIST',
  clusters: 10,
  hasGraph: false,
  recipe: 'train and test images together, grey values divided by 255; no graph',
  async load(folder) {
    const { input, truth } = await fromFiles(join(folder, 'mnist'), 'images.npy.gz', null)
    const { rows, cols, data } = input.features as Matrix
    for (let i = 0; i < data.length; i++) data[i] /= 255
    return { input: { ...input, features: new Matrix(rows, cols, data) }, truth }
  },
}

/** Of the rows' nearest neighbours by the heat kernel, joined both ways, weights 1; on memory of its own. */
export function neighbourGraph(features: Features): Sparse {
  const options = { neighbours: NEIGHBOURS, similarity: 'heat', weighted: false } as const
  return heap.scope(() => {
    const job = nearestNeighbourGraph(features, options)
    for (let step = job.next(); ; step = job.next()) if (step.done) return onOwnMemory(step.value)
  })
}

/** A copy that does not end with the region it was built in. */
function onOwnMemory(graph: Sparse): Sparse {
  const { rows, cols, indptr, indices, values } = graph
  const copy = new Sparse(
    rows,
    cols,
    Uint32Array.from(indptr),
    Int32Array.from(indices),
    values && Float32Array.from(values),
  )
  return copy.declareSymmetric()
}

async function fromFiles(folder: string, features: string, edges: string | null): Promise<TableData> {
  const { matrix } = await readMatrix(join(folder, features))
  const { labels } = await readLabels(join(folder, 'labels.csv.gz'), matrix.rows)
  const graph = edges === null ? null : (await readEdges(join(folder, edges), matrix.rows)).graph
  return { input: { features: matrix, graph }, truth: labels }
}
