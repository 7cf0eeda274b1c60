/** Trains an embedding method by name: settings, input, memory check, and a fitted model whose memory is its own. */
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail, quote } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import type { EmbedderDefinition, EmbedderInputs, EmbedderShape } from '../models/embed/family/definition.ts'
import { FittedEmbedding } from '../models/embed/family/fitted.ts'
import { findEmbedder } from '../models/embed/index.ts'
import { type Estimate, resolveConfig } from '../models/method.ts'
import type { HeldOutPairs } from '../nn/held-out.ts'
import { Random } from '../random.ts'
import { inRegion, run, type RunOptions, type Snapshot } from '../train/run.ts'
import { checkMemory } from './train-recommender.ts'

export interface TrainEmbeddingOptions extends RunOptions {
  /** A method of `embedders`, by name. */
  readonly method: string
  /** Settings that differ from the preset's or the defaults. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly preset?: string | undefined
  /** Same data, settings, seed and backend: same model, for methods with `deterministic` only where that is set. Default 1. */
  readonly seed?: number
  /** A snapshot of the same training (data, settings, seed) to go on from. */
  readonly resume?: Snapshot | null
  /** Pairs that are not in the input (see `holdOut`): after each epoch a note of progress says how well they are told apart. */
  readonly heldOut?: HeldOutPairs | null
}

/**
 * Trains `method` on what it needs of `input`. Rejects with CONFIG, UNKNOWN_NAME or ARGUMENT before any work, with EMPTY where there
 * is nothing to learn from, with TOO_LARGE when the estimate does not fit the memory that is free, with CANCELLED when the signal
 * fires.
 */
export async function trainEmbedding(
  input: Partial<EmbedderInputs>,
  options: TrainEmbeddingOptions,
): Promise<FittedEmbedding> {
  const definition = findEmbedder(options.method)
  const config = resolveConfig(definition, options.config ?? {}, options.preset)
  const { seed = 1, resume = null, heldOut = null } = options
  if (!Number.isSafeInteger(seed))
    throw fail('ARGUMENT', { what: 'seed', expected: 'a whole number', got: String(seed) })
  const whole = checkInput(definition, input)
  const nodes = nodesOf(whole)
  checkMemory(definition.title, definition.estimate(shapeOfInput(whole), config))
  const origin = { method: definition.name, config: config as Record<string, unknown>, seed }
  const job = inRegion(fitJob(), (state) => new FittedEmbedding(origin, nodes, state))
  return run(job, options)

  function* fitJob(): ReturnType<typeof definition.fit> {
    const { graph } = whole
    const placed = graph && { ...whole, graph: { ...graph, adjacency: graph.adjacency.placed() } }
    return yield* definition.fit(placed ?? whole, config, { rng: new Random(seed), resume, heldOut })
  }
}

/** What training `method` on an input of this shape takes. */
export function estimateEmbedding(
  method: string,
  shape: EmbedderShape,
  config: Readonly<Record<string, unknown>>,
  preset?: string,
): Estimate {
  const definition = findEmbedder(method)
  return definition.estimate(shape, resolveConfig(definition, config, preset))
}

export function shapeOfInput(input: Partial<EmbedderInputs>): EmbedderShape {
  return {
    nodes: nodesOf(input).size,
    edges: input.graph?.adjacency.nnz ?? 0,
    tokens: input.sequences?.sentences.tokens.length ?? 0,
  }
}

const what = {
  graph: 'a graph',
  sequences: 'behaviour sequences',
  attributes: 'attributes',
} as const satisfies Record<keyof EmbedderInputs, string>

/** The input, which has all that the method needs, with the same nodes, and something in it. */
function checkInput({ name, needs }: EmbedderDefinition, input: Partial<EmbedderInputs>): EmbedderInputs {
  const kinds = Object.keys(what) as (keyof EmbedderInputs)[]
  const given = kinds.filter((kind) => input[kind] !== undefined)
  if (needs.some((kind) => input[kind] === undefined)) {
    throw fail('ARGUMENT', {
      what: `the input of ${name}`,
      expected: needs.map((kind) => what[kind]).join(' and '),
      got: given.map((kind) => what[kind]).join(' and ') || 'nothing',
    })
  }
  const { graph, sequences, attributes } = input
  const numbered = [graph?.nodes, sequences?.items, attributes?.ids].filter((each) => each !== undefined)
  if (numbered.some((nodes) => nodes !== numbered[0])) {
    throw fail('ARGUMENT', {
      what: `the input of ${name}`,
      expected: 'one vocabulary for the nodes of all its parts',
      got: 'different ones',
    })
  }
  if (numbered[0]?.size === 0 || graph?.adjacency.nnz === 0 || sequences?.sentences.tokens.length === 0) {
    throw fail('EMPTY', {
      what: graph ? 'there are no edges to train on' : 'there are no events to train on',
      todo: 'Check the columns, filters and the split.',
    })
  }
  if (graph) checkWeights(graph)
  return input as EmbedderInputs
}

function checkWeights({ nodes, adjacency: { indptr, indices, values, rows } }: Graph): void {
  if (!values) return
  for (let v = 0; v < rows; v++) {
    for (let e = indptr[v]; e < indptr[v + 1]; e++) {
      if (values[e] >= 0 && values[e] < Infinity) continue
      throw fail('ARGUMENT', {
        what: `the weight of the edge from ${quote(nodes.id(v))} to ${quote(nodes.id(indices[e]))}`,
        expected: 'a finite number of 0 or more',
        got: String(values[e]),
      })
    }
  }
}

function nodesOf({ graph, sequences, attributes }: Partial<EmbedderInputs>): Vocabulary {
  const nodes = graph?.nodes ?? sequences?.items ?? attributes?.ids
  if (nodes) return nodes
  throw fail('ARGUMENT', { what: 'the input', expected: 'a graph or behaviour sequences', got: 'neither' })
}
