// EGES: items by what people did in order and by what the items are, so that an item nobody has seen yet has neighbours, too.
import { alignAttributes, readAttributes, trainEmbedding, vectorFromAttributes } from 'homophily'
import { readSequences, transitionGraph } from 'homophily/graph'

const { sequences } = await readSequences('events.csv')
const { attributes } = await readAttributes('items.csv', [{ name: 'category', kind: 'category' }])

// What followed what within an hour.
const graph = transitionGraph(sequences, { gap: 3_600_000 })
const model = await trainEmbedding(
  { graph, attributes: alignAttributes(attributes, graph.nodes) },
  { method: 'eges', config: { dim: 32 }, seed: 1 },
)
const item = sequences.items.id(0)
for (const { id, score } of model.similar(item, { n: 3 })) console.log('near', item, id, score.toFixed(3))

// A new item is known by its attributes alone.
const unseen = vectorFromAttributes(model.state, { category: 'c1' })
for (const { id } of model.similar(unseen, { n: 3 })) console.log('near something new of c1', id)
