/** Clusters as CSV. */
import { csvField } from '../data/csv-field.ts'
import type { Vocabulary } from '../data/vocabulary.ts'

/** A line for each row: by its id, where rows have any, else by its number. */
export function* labelLines({
  labels,
  nodes,
}: {
  readonly labels: Int32Array
  readonly nodes: Vocabulary | null
}): Generator<string> {
  yield nodes ? 'id,cluster\n' : 'row,cluster\n'
  for (let from = 0; from < labels.length; from += 4096) {
    const part = Array.from(labels.subarray(from, from + 4096), (label, i) => {
      const name = nodes ? csvField(nodes.id(from + i)) : String(from + i)
      return `${name},${label}\n`
    })
    yield part.join('')
  }
}
