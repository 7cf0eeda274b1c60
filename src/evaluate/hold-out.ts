/** Pairs kept from the input of an embedding, so that a training can say as it runs how well it tells them apart. */
import { fail } from '../errors.ts'
import type { Sequences } from '../graph/sequences.ts'
import type { EmbedderInputs } from '../models/embed/family/definition.ts'
import type { HeldOutPairs } from '../nn/held-out.ts'
import type { Random } from '../random.ts'
import { splitEdges } from './link-split.ts'

/**
 * Of a graph, a share of its edges (none that holds it together: see `splitEdges`); of sequences, the last step of a share of those that
 * have two items or more. As many pairs that do not belong together go beside them.
 *
 * @throws ARGUMENT for a share outside of (0, 1), EMPTY where nothing can be held out.
 */
export function holdOut(
  input: Partial<EmbedderInputs>,
  share: number,
  rng: Random,
): { readonly input: Partial<EmbedderInputs>; readonly heldOut: HeldOutPairs } {
  const { graph, sequences } = input
  if (graph) {
    const { train, test } = splitEdges(graph, { share, rng })
    // What points from one node to another is seen in the contexts only.
    return {
      input: { ...input, graph: train },
      heldOut: graph.directed ? { ...test, score: 'output' } : test,
    }
  }
  if (!(share > 0 && share < 1))
    throw fail('ARGUMENT', {
      what: 'share of held-out steps',
      expected: 'between 0 and 1',
      got: String(share),
    })
  const { sequences: train, heldOut } = holdOutSteps(sequences!, share, rng)
  return { input: { ...input, sequences: train }, heldOut }
}

function holdOutSteps(
  sequences: Sequences,
  share: number,
  rng: Random,
): { sequences: Sequences; heldOut: HeldOutPairs } {
  const { tokens, offsets } = sequences.sentences
  const count = offsets.length - 1
  const long = Int32Array.from({ length: count }, (_, s) => s).filter((s) => offsets[s + 1] - offsets[s] > 1)
  const picked = rng
    .stream('held-out steps')
    .shuffle(long)
    .slice(0, Math.floor(share * long.length))
  if (picked.length === 0) {
    throw fail('EMPTY', {
      what: `of ${count} sequences, ${long.length} with two items or more, none can be held out`,
      todo: 'Give more sequences, or a larger share.',
    })
  }
  const last = (s: number): number => tokens[offsets[s + 1] - 1]
  const from = picked.map((s) => tokens[offsets[s + 1] - 2])
  const draw = rng.stream('negatives')
  const negativeTo = picked.map((s) => {
    // Any other item, from those that come at all.
    for (;;) {
      const other = tokens[draw.int(tokens.length)]
      if (other !== last(s) || tokens.every((token) => token === other)) return other
    }
  })
  const gone = new Uint8Array(count)
  for (const s of picked) gone[s] = 1
  const keep: number[] = []
  const shorter = new Uint32Array(count + 1)
  for (let s = 0; s < count; s++) {
    for (let at = offsets[s]; at < offsets[s + 1] - gone[s]; at++) keep.push(at)
    shorter[s + 1] = keep.length
  }
  const times = sequences.times
  return {
    sequences: {
      ...sequences,
      sentences: { tokens: Int32Array.from(keep, (at) => tokens[at]), offsets: shorter },
      times: times && Float64Array.from(keep, (at) => times[at]),
    },
    heldOut: { from, to: picked.map(last), negativeFrom: from, negativeTo },
  }
}
