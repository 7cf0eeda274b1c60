// Item2vec: what to show next to someone who just looked at two things. events.csv has user, item and timestamp.
import { readAttributes, trainEmbedding, unseenCategories, valuesOf } from 'homophily'
import { readSequences } from 'homophily/graph'

const { sequences } = await readSequences('events.csv')
const model = await trainEmbedding({ sequences }, { method: 'item2vec', config: { dim: 32 }, seed: 1 })

const recent = [sequences.items.id(0), sequences.items.id(1)]
for (const { id, score } of model.recommendFrom(recent, { n: 5, decay: 0.8 })) console.log('next', id, score.toFixed(3))

// The same, but unlike each other, and of no category that was looked at in the last 15 days.
const { attributes } = await readAttributes('items.csv', [{ name: 'category', kind: 'category' }])
const now = Date.parse('2024-03-01')
const history = recent.map((id, k) => ({ id, time: now - k * 86_400_000 }))
const filter = unseenCategories(history, valuesOf(attributes, 'category'), { days: 15, now })
for (const { id } of model.recommendFrom(recent, { n: 5, filter, diversity: { lambda: 0.7 } }))
  console.log('diverse', id)
