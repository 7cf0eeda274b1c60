import { evaluateRecommender, readInteractions, reportText, splitGlobalTime, trainRecommender } from 'homophily'

const { interactions } = await readInteractions('events.csv')
const split = splitGlobalTime(interactions, { test: 0.2 })

const model = await trainRecommender(split.train, { method: 'lightgcn', config: { epochs: 20 }, seed: 1 })
const result = await evaluateRecommender(model, split.test, { k: [10, 20] })
console.log(reportText(result, { title: 'LightGCN on my events', split: 'the last 20 % by time', seeds: [1] }))

const user = interactions.users.id(0)
for (const { id, score } of model.recommend(user, { n: 5 })) console.log(user, id, score.toFixed(3))
for (const { id } of model.similarItems(interactions.items.id(0), { n: 5 })) console.log('similar', id)
