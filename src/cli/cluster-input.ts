/** The files that clusterings are made from: features, graphs, and labels for the evaluation. */
import type { Command } from 'commander'
import { describePlan, type FeaturePlan } from '../data/features/plan.ts'
import { readEdges } from '../data/read-edges.ts'
import { readLabels } from '../data/read-labels.ts'
import { readMatrix } from '../data/read-matrix.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import { neighbourGraph } from '../evaluate/neighbour-graph.ts'
import { Truth } from '../evaluate/truth.ts'
import { similarities, type Similarity } from '../graph/nearest.ts'
import type { ClusterInput, ClusterNeed } from '../models/cluster/family/definition.ts'
import type { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'
import type { Context } from './context.ts'
import { type FeatureFlags, featureFlags, readFeatures } from './feature-source.ts'
import { choiceFlag, positive } from './flags.ts'
import { counted } from './text.ts'

export interface ClusterInputFlags extends FeatureFlags {
  readonly table?: boolean
  readonly graph?: string
  readonly rows?: number
  readonly knn?: number
  readonly knnSimilarity: Similarity
  readonly knnJoin: 'union' | 'mutual'
  readonly knnWeights: boolean
  readonly labels?: string
  readonly labelColumn?: string
}

function tableFlags(command: Command): Command {
  return featureFlags(
    command
      .optionsGroup('Tables of mixed columns:')
      .option('--table', 'the source is a table: its columns become features (see homophily features)'),
  )
}

export function clusterInputFlags(command: Command): Command {
  return tableFlags(command)
    .optionsGroup('Input:')
    .option(
      '--graph <file>',
      'edges between the rows of the features: CSV of two row numbers and maybe a weight',
    )
    .option(
      '--rows <count>',
      'number of rows, for a graph alone and for sparse triples with empty last rows',
      positive,
    )
    .option('--knn <k>', 'join each row of the features to its k nearest, instead of a graph', positive)
    .addOption(
      choiceFlag('--knn-similarity <name>', 'what near means for --knn', similarities).default('heat'),
    )
    .addOption(
      choiceFlag('--knn-join <rule>', 'neighbours when either chose the other, or both did', [
        'union',
        'mutual',
      ]).default('union'),
    )
    .option('--no-knn-weights', 'all edges of --knn weigh 1')
    .option('--labels <file>', 'true classes, for the evaluation after the training alone')
    .option('--label-column <name>', 'their column (default: label)')
}

export interface ClusterFiles {
  readonly input: ClusterInput
  readonly rows: number
  /** Null without --labels. */
  readonly truth: Truth | null
  /** The ids of the rows, and the plan of their features, where the source is a table. */
  readonly nodes: Vocabulary | null
  readonly plan: FeaturePlan | null
  readonly facts: readonly string[]
}

/**
 * `source` is a file of features (.npy, CSV of numbers, sparse triples, or a table of mixed columns, encoded by `fixed` where that is given); for methods that read a graph alone it is the file of its edges, unless
 * --knn makes one from features. An evaluation may do without it.
 */
export async function readClusterInput(
  context: Context,
  needs: readonly ClusterNeed[],
  source: string | undefined,
  flags: ClusterInputFlags,
  fixed: FeaturePlan | null = null,
): Promise<ClusterFiles> {
  const { graph: edges, rows: given, knn } = flags
  if (edges !== undefined && knn !== undefined) {
    throw fail('ARGUMENT', { what: 'the graph', expected: '--graph or --knn', got: 'both' })
  }
  const graphAlone = !needs.includes('features') && edges === undefined && knn === undefined
  const read = graphAlone || source === undefined ? null : await readSource(context, source, flags, fixed)
  const features = read?.matrix ?? null
  const nodes = read?.nodes ?? null
  const rows = features?.rows ?? given
  if (rows === undefined) {
    throw fail('ARGUMENT', {
      what: '--rows',
      expected: 'the number of nodes of the graph (or --knn, where the file has features)',
      got: 'none',
    })
  }
  const facts = features
    ? [
        `${counted(rows, 'row')} of ${counted(features.cols, 'feature')}${features instanceof Sparse ? `, ${counted(features.nnz, 'value')} stored` : ''}.`,
      ]
    : [`${counted(rows, 'node')}.`]
  if (read?.plan) facts.push(planFact(read.plan))
  const { graph, fact } = await readGraph(
    context,
    nodes ?? rows,
    features,
    graphAlone ? source : edges,
    flags,
  )
  if (fact !== '') facts.push(fact)
  const labels =
    flags.labels === undefined
      ? null
      : await readLabels(
          flags.labels,
          nodes ?? rows,
          flags.labelColumn === undefined ? {} : { label: flags.labelColumn },
        )
  const truth = labels && new Truth(labels.labels)
  return { input: { features, graph }, rows, truth, nodes, plan: read?.plan ?? null, facts }
}

interface ReadSource {
  readonly matrix: Matrix | Sparse
  readonly nodes: Vocabulary | null
  readonly plan: FeaturePlan | null
}

/** Numbers as they are, or a table by a plan: where one is asked for, or by the name of its format. */
async function readSource(
  context: Context,
  source: string,
  flags: ClusterInputFlags,
  fixed: FeaturePlan | null,
): Promise<ReadSource> {
  const asked = flags.table || flags.feature || flags.missing || flags.layout || flags.plan !== undefined
  if (fixed || asked || /\.(jsonl|ndjson|parquet|pq)(\.(gz|zst))?$/i.test(source)) {
    const read = await readFeatures(context, source, flags, { seed: 1, fixed })
    context.warnings.push(...read.remarks)
    return { matrix: read.features.matrix, nodes: read.features.ids, plan: read.plan }
  }
  const rows = flags.rows === undefined ? {} : { rows: flags.rows }
  const { matrix } = await context.untilInterrupted(() => readMatrix(source, rows))
  return { matrix, nodes: null, plan: null }
}

function planFact(plan: FeaturePlan): string {
  const lines = describePlan(plan).map(
    ({ column, feature, width }) => `${column} ${feature}${width > 1 ? `: ${width}` : ''}`,
  )
  return `Features of the table: ${lines.join(', ')}.`
}

async function readGraph(
  context: Context,
  rows: number | Vocabulary,
  features: ClusterInput['features'],
  file: string | undefined,
  { knn: neighbours, knnSimilarity: similarity, knnJoin: join, knnWeights: weighted }: ClusterInputFlags,
): Promise<{ graph: Sparse | null; fact: string }> {
  if (file !== undefined) {
    const { graph, selfLoops } = await context.untilInterrupted(() => readEdges(file, rows))
    if (selfLoops > 0)
      context.warnings.push(`${file}: ${counted(selfLoops, 'edge')} from a node to itself left out.`)
    return { graph, fact: `Graph of ${counted(graph.nnz / 2, 'edge')}.` }
  }
  if (neighbours === undefined || !features) return { graph: null, fact: '' }
  const options = { neighbours, similarity, join, weighted }
  const graph = await neighbourGraph(features, { ...context.runOptions, ...options })
  context.progress.clear()
  const weights = weighted ? '' : ', all of weight 1'
  return {
    graph,
    fact: `Graph of the ${neighbours} nearest neighbours (${similarity}, ${join}${weights}): ${counted(graph.nnz / 2, 'edge')}.`,
  }
}
