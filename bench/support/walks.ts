/** Timing of walks. */
import { Vocabulary } from '../../src/data/vocabulary.ts'
import type { Walker } from '../../src/graph/walks/walker.ts'
import { Random } from '../../src/random.ts'

/** Steps a second by the clock and by the time that this process had, over about as many tokens as asked for. */
export function walkRate(walker: Walker, tokens: number): { wall: number; cpu: number } {
  let [done, epoch] = [0, 0]
  const start = performance.now()
  const before = process.cpuUsage().user
  while (done < tokens) {
    for (const batch of walker.sentences(new Random(1), epoch++)) {
      done += batch.tokens.length - (batch.offsets.length - 1)
      if (done >= tokens) break
    }
  }
  return {
    wall: done / ((performance.now() - start) / 1000),
    cpu: done / ((process.cpuUsage().user - before) / 1e6),
  }
}

/** Ids "0" … */
export function countedVocabulary(n: number): Vocabulary {
  return Vocabulary.from(
    (function* (): Generator<string> {
      for (let v = 0; v < n; v++) yield String(v)
    })(),
  )
}
