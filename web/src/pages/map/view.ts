/**
 * What part of a map is seen, and how: one scale for both axes, so that distances mean the same in every direction whatever the
 * shape of the canvas. y grows upwards in the map and downwards on the screen. Sizes are CSS pixels.
 */
export interface View {
  /** The point of the map in the middle of the canvas. */
  readonly x: number
  readonly y: number
  /** Pixels for one unit of the map. */
  readonly scale: number
  readonly width: number
  readonly height: number
}

export type Bounds = readonly [x0: number, y0: number, x1: number, y1: number]

const MARGIN = 0.06

/** The whole of `bounds`, with a margin. */
export function fit(bounds: Bounds, width: number, height: number): View {
  const [x0, y0, x1, y1] = bounds
  const across = Math.max(x1 - x0, 1e-6)
  const down = Math.max(y1 - y0, 1e-6)
  const scale = (1 - 2 * MARGIN) * Math.min(width / across, height / down)
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, scale, width, height }
}

export function toScreen(view: View, x: number, y: number): [x: number, y: number] {
  return [(x - view.x) * view.scale + view.width / 2, view.height / 2 - (y - view.y) * view.scale]
}

export function toMap(view: View, x: number, y: number): [x: number, y: number] {
  return [(x - view.width / 2) / view.scale + view.x, (view.height / 2 - y) / view.scale + view.y]
}

/** Moved by so many pixels, as a hand would drag it. */
export function pan(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale }
}

/** Larger by `factor` around a place on the screen, which stays where it is; between `least` and `most` pixels a unit. */
export function zoom(
  view: View,
  factor: number,
  at: readonly [number, number],
  least: number,
  most: number,
): View {
  const scale = Math.min(most, Math.max(least, view.scale * factor))
  const [x, y] = toMap(view, at[0], at[1])
  const ratio = view.scale / scale
  return { ...view, scale, x: x + (view.x - x) * ratio, y: y + (view.y - y) * ratio }
}

/** The smallest box around points x0, y0, x1, y1, …; a unit box where there are none. */
export function boundsOf(points: Float32Array): Bounds {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let k = 0; k + 1 < points.length; k += 2) {
    x0 = Math.min(x0, points[k])
    x1 = Math.max(x1, points[k])
    y0 = Math.min(y0, points[k + 1])
    y1 = Math.max(y1, points[k + 1])
  }
  return x0 <= x1 ? [x0, y0, x1, y1] : [-1, -1, 1, 1]
}
