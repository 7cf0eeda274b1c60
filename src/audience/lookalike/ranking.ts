/** The rows with the highest scores. */

/** The n rows that are not excluded with the highest scores, best first; equal scores by row. */
export function bestRows(scores: Float32Array, excluded: Uint8Array, n: number): Int32Array {
  const sorted = scores.filter((_, row) => excluded[row] === 0).sort()
  const least = sorted[Math.max(0, sorted.length - n)]
  const rows: number[] = []
  // Those level with the last place, in the order of rows, for as many as there is room for.
  let room = n
  for (let at = sorted.length - 1; at >= 0 && sorted[at] > least; at--) room--
  for (let row = 0; row < scores.length; row++) {
    if (excluded[row] === 1 || !(scores[row] >= least)) continue
    if (scores[row] > least || room-- > 0) rows.push(row)
  }
  return Int32Array.from(rows).sort((a, b) => scores[b] - scores[a] || a - b)
}
