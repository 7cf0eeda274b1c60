/** Points sorted into square cells, so that the one under a pointer is found without looking at all of them. */
import { boundsOf } from './view.ts'

export interface Grid {
  readonly points: Float32Array
  readonly x0: number
  readonly y0: number
  readonly cell: number
  readonly columns: number
  readonly rows: number
  /** Where the rows of each cell begin in `members`; one more than there are cells. */
  readonly starts: Int32Array
  readonly members: Int32Array
}

const POINTS_PER_CELL = 4
const MOST_CELLS_ACROSS = 512

export function buildGrid(points: Float32Array): Grid {
  const n = points.length / 2
  const [x0, y0, x1, y1] = boundsOf(points)
  const side = Math.max(x1 - x0, y1 - y0, 1e-6)
  const across = Math.max(1, Math.min(MOST_CELLS_ACROSS, Math.ceil(Math.sqrt(n / POINTS_PER_CELL))))
  const cell = (side / across) * 1.000001
  const columns = Math.floor((x1 - x0) / cell) + 1
  const rows = Math.floor((y1 - y0) / cell) + 1
  const cellOf = (row: number): number =>
    Math.floor((points[2 * row + 1] - y0) / cell) * columns + Math.floor((points[2 * row] - x0) / cell)
  const starts = new Int32Array(columns * rows + 1)
  for (let row = 0; row < n; row++) starts[cellOf(row) + 1]++
  for (let c = 0; c < columns * rows; c++) starts[c + 1] += starts[c]
  const next = starts.slice()
  const members = new Int32Array(n)
  for (let row = 0; row < n; row++) members[next[cellOf(row)]++] = row
  return { points, x0, y0, cell, columns, rows, starts, members }
}

/** The row nearest to (x, y) within `radius` that `shown` admits, or -1. */
export function nearest(
  grid: Grid,
  x: number,
  y: number,
  radius: number,
  shown: (row: number) => boolean = () => true,
): number {
  const { points, x0, y0, cell, columns, rows, starts, members } = grid
  const from = (value: number, origin: number): number =>
    Math.max(0, Math.floor((value - radius - origin) / cell))
  const to = (value: number, origin: number, count: number): number =>
    Math.min(count - 1, Math.floor((value + radius - origin) / cell))
  let best = -1
  let least = radius * radius
  for (let r = from(y, y0); r <= to(y, y0, rows); r++) {
    for (let c = from(x, x0); c <= to(x, x0, columns); c++) {
      const at = r * columns + c
      for (let k = starts[at]; k < starts[at + 1]; k++) {
        const row = members[k]
        const distance = (points[2 * row] - x) ** 2 + (points[2 * row + 1] - y) ** 2
        if (distance <= least && shown(row)) {
          best = row
          least = distance
        }
      }
    }
  }
  return best
}
