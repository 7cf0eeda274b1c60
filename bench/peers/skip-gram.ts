/**
 * Our side of `npm run bench -- skipgram`, a process of its own for each backend, with the same questions and answers as
 * gensim_word2vec.py. Walks are raw int32, `length` each.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Sentences } from '../../src/graph/sentences.ts'
import { kernels } from '../../src/kernels/index.ts'
import { skipGramSettings, trainSkipGram } from '../../src/nn/skip-gram.ts'
import { Random } from '../../src/random.ts'
import { inRegion, runSync } from '../../src/train/run.ts'

const BATCH = 4096

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const config = JSON.parse(String((await lines.next()).value))
const { nodes, length } = config
const bytes = readFileSync(config.walks)
const tokens = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
const counts = new Float64Array(nodes)
for (const token of tokens) counts[token]++

function* sentences(): Generator<Sentences> {
  for (let at = 0; at < tokens.length; at += BATCH * length) {
    const part = tokens.subarray(at, at + BATCH * length)
    yield {
      tokens: part,
      offsets: Uint32Array.from({ length: part.length / length + 1 }, (_, s) => s * length),
    }
  }
}

console.log(JSON.stringify({ version: `${kernels().backend} ${kernels().isa}` }))
for await (const line of lines) {
  const { epochs, seed, save, sharing, deterministic } = JSON.parse(line)
  const { dim, window, negatives, rate, finalRate } = config
  const settings = z
    .strictObject(skipGramSettings)
    .parse({ dim, window, negatives, rate, finalRate, epochs, negativeSharing: sharing, deterministic })
  const start = performance.now()
  const before = process.cpuUsage()
  const job = trainSkipGram({
    nodes,
    counts,
    sentences,
    tokens: tokens.length,
    settings,
    rng: new Random(seed),
  })
  runSync(
    inRegion(job, ({ input }) => {
      if (save) writeFileSync(save, input.data)
    }),
  )
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, tokens: tokens.length * epochs }))
}
