/**
 * The map without React: two canvases, one of points and one over it of what comes and goes (names, the lasso, the point that is looked
 * at), a view that hands and keys move, and answers to "what is here" and "what is inside this line".
 */
import { buildGrid, type Grid, nearest } from './grid.ts'
import { lassoed } from './lasso.ts'
import { drawOverlay, type Name } from './overlay.ts'
import { HIDDEN, type Scheme } from './palette.ts'
import { pixelRenderer } from './pixels.ts'
import { type PointRenderer, pointSize } from './renderer.ts'
import { boundsOf, fit, pan, toMap, toScreen, type View, zoom } from './view.ts'
import { webglRenderer } from './webgl.ts'

export interface MapEvents {
  /** The row under the pointer and where it is on the canvas; null where there is none. */
  onHover(found: { readonly row: number; readonly x: number; readonly y: number } | null): void
  onPick(row: number): void
  /** Rows inside a line that was drawn; `add` where they join those that are chosen already. */
  onLasso(rows: number[], add: boolean): void
  /** WebGL went away: the map must be made anew without it. */
  onLost(): void
}

export interface Look {
  readonly codes: Uint8Array
  readonly palette: Uint8Array
  readonly scheme: Scheme
  readonly marks: Uint8Array | null
  readonly names: readonly Name[]
  /** A row with a ring around it, or -1. */
  readonly focus: number
}

const MOVE_MS = 900
/** Pixels around the pointer in which a point counts as under it. */
const REACH = 8
const MOST_ZOOM = 400

export class MapEngine {
  readonly #canvas: HTMLCanvasElement
  readonly #overlay: HTMLCanvasElement
  readonly #renderer: PointRenderer
  readonly #events: MapEvents
  readonly #calm: boolean
  #view: View = fit([-1, -1, 1, 1], 300, 200)
  #fitted = 1
  #points: Float32Array = new Float32Array()
  #grid: Grid = buildGrid(this.#points)
  #look: Look | null = null
  #lasso: number[] | null = null
  #hovered = -1
  #moveStart = 0
  #frame = 0

  /** @param software draws without WebGL */
  constructor(canvas: HTMLCanvasElement, overlay: HTMLCanvasElement, events: MapEvents, software: boolean) {
    this.#canvas = canvas
    this.#overlay = overlay
    this.#events = events
    this.#calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    this.#renderer = (software ? null : webglRenderer(canvas, events.onLost)) ?? pixelRenderer(canvas)
  }

  get view(): View {
    return this.#view
  }

  /** Shows points; they move there from `from` (row for row the same) where it is given. */
  setPoints(points: Float32Array, from: Float32Array | null, refit: boolean): void {
    this.#points = points
    this.#grid = buildGrid(points)
    this.#renderer.setPoints(from ?? points, points)
    this.#moveStart = from && !this.#calm ? performance.now() : 0
    this.#hovered = -1
    if (refit) this.fit()
    this.#drawSoon()
  }

  setLook(look: Look): void {
    const before = this.#look
    if (before?.codes !== look.codes) this.#renderer.setCodes(look.codes)
    if (before?.palette !== look.palette) this.#renderer.setPalette(look.palette)
    this.#renderer.setMarks(look.marks)
    this.#look = look
    this.#drawSoon()
  }

  resize(width: number, height: number): void {
    // Twice as sharp costs four times as much where a processor draws.
    const ratio = this.#renderer.kind === 'webgl' ? Math.min(2, devicePixelRatio) : 1
    for (const [canvas, by] of [
      [this.#canvas, ratio],
      [this.#overlay, devicePixelRatio],
    ] as const) {
      canvas.width = Math.round(width * by)
      canvas.height = Math.round(height * by)
    }
    const whole = this.#view.scale === this.#fitted
    this.#view = { ...this.#view, width, height }
    if (whole) this.fit()
    this.#drawSoon()
  }

  fit(): void {
    this.#view = fit(boundsOf(this.#points), this.#view.width, this.#view.height)
    this.#fitted = this.#view.scale
    this.#drawSoon()
  }

  pan(dx: number, dy: number): void {
    this.leave()
    this.#view = pan(this.#view, dx, dy)
    this.#drawSoon()
  }

  zoom(factor: number, at: readonly [number, number] = [this.#view.width / 2, this.#view.height / 2]): void {
    this.leave()
    this.#view = zoom(this.#view, factor, at, this.#fitted / 2, this.#fitted * MOST_ZOOM)
    this.#drawSoon()
  }

  /** Brings a row into the middle, close enough to see what is around it. */
  lookAt(row: number): void {
    this.leave()
    const scale = Math.max(this.#view.scale, 4 * this.#fitted)
    this.#view = { ...this.#view, x: this.#points[2 * row], y: this.#points[2 * row + 1], scale }
    this.#drawSoon()
  }

  hover(x: number, y: number): void {
    const row = this.#at(x, y)
    if (row === this.#hovered) return
    this.#hovered = row
    this.#tellHovered()
    this.#drawSoon()
  }

  leave(): void {
    if (this.#hovered < 0) return
    this.#hovered = -1
    this.#events.onHover(null)
    this.#drawSoon()
  }

  pick(x: number, y: number): void {
    const row = this.#at(x, y)
    if (row >= 0) this.#events.onPick(row)
  }

  lassoTo(x: number, y: number): void {
    this.#lasso ??= []
    this.#lasso.push(x, y)
    this.#drawSoon()
  }

  endLasso(add: boolean): void {
    const line = this.#lasso ?? []
    this.#lasso = null
    const polygon = new Float32Array(line.length)
    for (let k = 0; k < line.length; k += 2) polygon.set(toMap(this.#view, line[k], line[k + 1]), k)
    if (line.length >= 6) this.#events.onLasso(lassoed(this.#points, polygon, this.#shown), add)
    this.#drawSoon()
  }

  dropLasso(): void {
    this.#lasso = null
    this.#drawSoon()
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame)
    this.#renderer.dispose()
  }

  readonly #shown = (row: number): boolean => (this.#look?.codes[row] ?? HIDDEN) !== HIDDEN

  #at(x: number, y: number): number {
    if (this.#moveStart > 0) return -1
    return nearest(this.#grid, ...toMap(this.#view, x, y), REACH / this.#view.scale, this.#shown)
  }

  #tellHovered(): void {
    const row = this.#hovered
    if (row < 0) return this.#events.onHover(null)
    const [x, y] = toScreen(this.#view, this.#points[2 * row], this.#points[2 * row + 1])
    this.#events.onHover({ row, x, y })
  }

  #drawSoon(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#draw)
  }

  readonly #draw = (): void => {
    this.#frame = 0
    const look = this.#look
    if (!look || look.codes.length * 2 !== this.#points.length) return
    const passed = this.#moveStart > 0 ? (performance.now() - this.#moveStart) / MOVE_MS : 1
    if (passed >= 1) this.#moveStart = 0
    else this.#drawSoon()
    const u = Math.min(1, passed)
    // Starts and ends slowly.
    const t = u * u * (3 - 2 * u)
    const size = pointSize(look.codes.length, this.#view.scale, this.#fitted)
    this.#renderer.draw({ view: this.#view, scheme: look.scheme, t, size })
    drawOverlay(this.#overlay, {
      view: this.#view,
      scheme: look.scheme,
      names: passed < 1 ? [] : look.names,
      rings: passed < 1 ? [] : [look.focus, this.#hovered].filter((row) => row >= 0),
      points: this.#points,
      size,
      lasso: this.#lasso ?? [],
    })
  }
}
