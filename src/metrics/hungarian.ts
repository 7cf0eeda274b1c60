/**
 * The assignment problem: which column each row takes so that the sum of the costs is least, every column once. Shortest
 * augmenting paths with dual prices, O(n³) (Kuhn 1955; Jonker & Volgenant 1987).
 */

/** `cost` is n × n, row-major, finite. Answers the column of each row. */
export function assignRows(cost: ArrayLike<number>, n: number): Int32Array {
  const rowPrice = new Float64Array(n)
  const columnPrice = new Float64Array(n)
  const rowOf = new Int32Array(n).fill(-1)
  const slack = new Float64Array(n)
  const from = new Int32Array(n)
  const reached = new Uint8Array(n)
  for (let start = 0; start < n; start++) {
    slack.fill(Infinity)
    reached.fill(0)
    from.fill(-1)
    let row = start
    let last = -1
    let free = -1
    // Grows a tree of tight edges from `start` until it reaches a column that nobody has.
    while (free < 0) {
      let next = -1
      for (let j = 0; j < n; j++) {
        if (reached[j]) continue
        const reduced = cost[row * n + j] - rowPrice[row] - columnPrice[j]
        if (reduced < slack[j]) {
          slack[j] = reduced
          from[j] = last
        }
        if (next < 0 || slack[j] < slack[next]) next = j
      }
      const step = slack[next]
      rowPrice[start] += step
      for (let j = 0; j < n; j++) {
        if (reached[j]) {
          rowPrice[rowOf[j]] += step
          columnPrice[j] -= step
        } else slack[j] -= step
      }
      reached[next] = 1
      last = next
      if (rowOf[next] < 0) free = next
      else row = rowOf[next]
    }
    // Turns the path around.
    for (let column = free; column >= 0;) {
      const before = from[column]
      rowOf[column] = before < 0 ? start : rowOf[before]
      column = before
    }
  }
  const columnOf = new Int32Array(n)
  rowOf.forEach((row, column) => (columnOf[row] = column))
  return columnOf
}
