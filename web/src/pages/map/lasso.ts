/** Which points lie inside a line drawn by hand. */
import { boundsOf } from './view.ts'

/** Whether (x, y) is inside the closed polygon x0, y0, x1, y1, …: a ray from it crosses the outline an odd number of times. */
export function inside(polygon: Float32Array, x: number, y: number): boolean {
  let odd = false
  const n = polygon.length
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const yi = polygon[i + 1]
    const yj = polygon[j + 1]
    if (yi > y === yj > y) continue
    const crossing = polygon[i] + ((y - yi) / (yj - yi)) * (polygon[j] - polygon[i])
    if (x < crossing) odd = !odd
  }
  return odd
}

/** The rows inside the polygon that `shown` admits, ascending. */
export function lassoed(
  points: Float32Array,
  polygon: Float32Array,
  shown: (row: number) => boolean = () => true,
): number[] {
  if (polygon.length < 6) return []
  const [x0, y0, x1, y1] = boundsOf(polygon)
  const rows: number[] = []
  for (let row = 0; 2 * row < points.length; row++) {
    const x = points[2 * row]
    const y = points[2 * row + 1]
    if (x < x0 || x > x1 || y < y0 || y > y1) continue
    if (shown(row) && inside(polygon, x, y)) rows.push(row)
  }
  return rows
}
