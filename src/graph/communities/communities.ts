/**
 * Communities by modularity, on CSR: Louvain (Blondel et al. 2008, https://arxiv.org/abs/0803.0476) and Leiden (Traag et al. 2019,
 * https://arxiv.org/abs/1810.08473). Libraries for graphs in JavaScript keep objects per node and edge, which ends at some hundred
 * thousand edges; this holds 12 bytes per edge and direction.
 *
 * Both give the same communities for the same seed. Directed graphs are taken without their directions.
 */
import { fail } from '../../errors.ts'
import type { Random } from '../../random.ts'
import type { Graph } from '../graph.ts'
import type { GraphJob } from '../progress.ts'
import { undirectedAdjacency } from '../undirected.ts'
import { aggregate, firstLevel, type Level, renumber } from './level.ts'
import { moveNodes } from './local-moving.ts'
import { refine } from './refine.ts'

export interface Communities {
  /** The community of each node row, numbered from 0, the largest first. */
  readonly of: Int32Array
  readonly sizes: Int32Array
}

export interface CommunityOptions {
  /** γ: more gives more and smaller communities. Default 1, which is modularity. */
  readonly resolution?: number
}

/** Passes of Leiden at most; it ends when one changes nothing. */
const PASSES = 10

/** Moves nodes, makes every community a node, and goes on with that smaller graph until nothing moves. */
export function* louvain(
  graph: Pick<Graph, 'adjacency' | 'directed'>,
  rng: Random,
  options: CommunityOptions = {},
): GraphJob<Communities> {
  const resolution = resolutionOf(options)
  let level = firstLevel(undirectedAdjacency(graph))
  const of = singles(level.n)
  for (let depth = 0; ; depth++) {
    const community = singles(level.n)
    const moved = yield* moveNodes(level, community, resolution, rng.stream('louvain', depth), 'louvain')
    if (!moved) return bySize(of)
    const count = renumber(community)
    for (let v = 0; v < of.length; v++) of[v] = community[of[v]]
    level = aggregate(level, community, count)
  }
}

/** Like {@link louvain}, but what becomes a node is a refined part of a community: every community is connected. */
export function* leiden(
  graph: Pick<Graph, 'adjacency' | 'directed'>,
  rng: Random,
  options: CommunityOptions = {},
): GraphJob<Communities> {
  const resolution = resolutionOf(options)
  const level = firstLevel(undirectedAdjacency(graph))
  let of = singles(level.n)
  for (let pass = 0; pass < PASSES; pass++) {
    const next = yield* leidenPass(level, of, resolution, rng.stream('leiden', pass))
    const same = next.every((c, v) => c === of[v])
    of = next
    if (same) break
  }
  return bySize(of)
}

function* leidenPass(first: Level, start: Int32Array, resolution: number, rng: Random): GraphJob<Int32Array> {
  let level = first
  let community = start.slice()
  /** The node of the present level that each node of the first is in. */
  const place = singles(first.n)
  for (let depth = 0; ; depth++) {
    yield* moveNodes(level, community, resolution, rng.stream('move', depth), 'leiden')
    const communities = renumber(community)
    if (communities === level.n) break
    let part = refine(level, community, resolution, rng.stream('refine', depth))
    let parts = renumber(part)
    // Where refinement merges nothing, the communities themselves become nodes, or there would be no end.
    if (parts === level.n) [part, parts] = [community, communities]
    const above = new Int32Array(parts)
    for (let v = 0; v < level.n; v++) above[part[v]] = community[v]
    for (let v = 0; v < place.length; v++) place[v] = part[place[v]]
    level = aggregate(level, part, parts)
    community = above
  }
  const of = Int32Array.from(place, (v) => community[v])
  renumber(of)
  return of
}

function resolutionOf({ resolution = 1 }: CommunityOptions): number {
  if (resolution > 0 && resolution < Infinity) return resolution
  throw fail('ARGUMENT', { what: 'resolution', expected: 'a number above 0', got: String(resolution) })
}

function singles(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, v) => v)
}

function bySize(of: Int32Array): Communities {
  const count = renumber(of)
  const sizes = new Int32Array(count)
  for (const c of of) sizes[c]++
  const order = singles(count).sort((a, b) => sizes[b] - sizes[a] || a - b)
  const place = new Int32Array(count)
  for (let i = 0; i < count; i++) place[order[i]] = i
  return { of: of.map((c) => place[c]), sizes: order.map((c) => sizes[c]) }
}
