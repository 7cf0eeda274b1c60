// LINE: first order, second order, or both side by side; the vectors go to a file that other tools read.
import { exportEmbedding, trainEmbedding } from 'homophily'
import { graphFrom, readNetwork } from 'homophily/graph'

const { edges } = await readNetwork('friends.csv')
const { graph } = graphFrom(edges)

const model = await trainEmbedding({ graph }, { method: 'line', config: { order: 'both', dim: 32 } })
await exportEmbedding('friends.txt', model)
console.log(`${model.nodes.size} vectors of ${model.dim} numbers, the first of ann's:`, model.vector('ann')[0])
