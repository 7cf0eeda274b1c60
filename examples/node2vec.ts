// node2vec: small q walks outwards and finds communities, large q with small p stays near and finds roles.
import { trainEmbedding } from 'homophily'
import { graphFrom, readNetwork } from 'homophily/graph'

const { edges } = await readNetwork('friends.csv')
const { graph } = graphFrom(edges)

for (const { p, q } of [
  { p: 1, q: 0.25 },
  { p: 0.25, q: 4 },
]) {
  const config = { p, q, walks: 20, dim: 32, deterministic: true }
  const model = await trainEmbedding({ graph }, { method: 'node2vec', config })
  console.log(
    `p ${p}, q ${q}:`,
    model
      .similar('ann', { n: 3 })
      .map(({ id }) => id)
      .join(' '),
  )
}
