// M2GRL: one embedding for items and one for their categories, learned together; σ tells how much each task was trusted.
import { alignAttributes, readAttributes, trainEmbedding } from 'homophily'
import { readSequences } from 'homophily/graph'

const { sequences } = await readSequences('events.csv')
const { attributes } = await readAttributes('items.csv', [{ name: 'category', kind: 'category' }])

const model = await trainEmbedding(
  { sequences, attributes: alignAttributes(attributes, sequences.items) },
  { method: 'm2grl', config: { dim: 16 }, seed: 1 },
)
const item = sequences.items.id(0)
for (const { id, score } of model.similar(item, { n: 3 })) console.log('near', item, id, score.toFixed(3))
console.log('tasks', JSON.stringify(model.facts['trajectory']).slice(0, 200))
