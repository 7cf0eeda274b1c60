/** Where nodes stand: the user, what they did, people, what they would be shown, from left to right, in a frame of the height 1. */
import type { Surroundings } from 'homophily/client'

const columns = { self: 0, history: 1, person: 2, recommended: 3 } as const
/** How often each column is put in the order of its neighbours' middles: fewer edges cross. */
const SWEEPS = 6

export function place(
  { nodes, edges }: Surroundings,
  width: number,
): { readonly x: number; readonly y: number }[] {
  const neighbours = nodes.map((): number[] => [])
  for (const { source, target } of edges) {
    // The user's own edges say nothing about the order.
    if (nodes[source].role === 'self') continue
    neighbours[source].push(target)
    neighbours[target].push(source)
  }
  const height = new Float64Array(nodes.length)
  const layers = Object.keys(columns).map((role) =>
    nodes.flatMap((node, at) => (node.role === role ? [at] : [])),
  )
  const spread = (layer: readonly number[]): void =>
    layer.forEach((at, order) => (height[at] = (order + 0.5) / layer.length))
  layers.forEach(spread)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of layers) {
      const middle = new Map(
        layer.map((at) => {
          const around = neighbours[at]
          const sum = around.reduce((total, other) => total + height[other], 0)
          return [at, around.length === 0 ? height[at] : sum / around.length] as const
        }),
      )
      layer.sort((a, b) => middle.get(a)! - middle.get(b)! || a - b)
      spread(layer)
    }
  }
  return nodes.map(({ role }, at) => ({ x: (columns[role] / 3) * width, y: height[at] }))
}
