// DeepWalk: who is near whom in a network of friends. friends.csv has the columns source and target.
import { saveEmbedding, openWorkspace, trainEmbedding } from 'homophily'
import { graphFrom, readNetwork } from 'homophily/graph'

const { edges } = await readNetwork('friends.csv')
const { graph } = graphFrom(edges)

const model = await trainEmbedding({ graph }, { method: 'deepwalk', config: { walks: 20, dim: 32 }, seed: 1 })
for (const { id, score } of model.similar('ann', { n: 3 })) console.log('near ann', id, score.toFixed(3))

const { version } = await saveEmbedding(await openWorkspace(), 'friends', model)
console.log('saved version', version)
