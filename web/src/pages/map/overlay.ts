/** What is drawn over the points: names of categories, rings around single points, the line of a lasso. */
import { grounds, type Scheme } from './palette.ts'
import { toScreen, type View } from './view.ts'

/** A name above what it names or, where another one is there, below. */
export interface Name {
  readonly text: string
  /** The middle, and how far up and down it reaches; on the map. */
  readonly x: number
  readonly top: number
  readonly bottom: number
}

export interface Overlay {
  readonly view: View
  readonly scheme: Scheme
  readonly names: readonly Name[]
  /** Rows with a ring around them. */
  readonly rings: readonly number[]
  readonly points: Float32Array
  readonly size: number
  /** x0, y0, x1, y1, … on the canvas. */
  readonly lasso: readonly number[]
}

const inks = { light: '#16161a', dark: '#f4f4f6' } as const
const LINE = 16

export function drawOverlay(canvas: HTMLCanvasElement, overlay: Overlay): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { view, scheme, points } = overlay
  const ratio = canvas.width / view.width
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, view.width, view.height)
  context.strokeStyle = inks[scheme]
  for (const row of overlay.rings) {
    const [x, y] = toScreen(view, points[2 * row], points[2 * row + 1])
    context.lineWidth = 2
    context.beginPath()
    context.arc(x, y, overlay.size / 2 + 4, 0, 2 * Math.PI)
    context.stroke()
  }
  drawNames(context, overlay)
  drawLasso(context, overlay)
}

type Box = readonly [x0: number, y0: number, x1: number, y1: number]

const overlap = (a: Box, b: Box): boolean => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]

/** Names with an outline of the ground's colour; those that would lie on an earlier one are left out. */
function drawNames(context: CanvasRenderingContext2D, { view, scheme, names }: Overlay): void {
  context.font = '600 12px system-ui, sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  const taken: Box[] = []
  for (const { text, x: mapX, top, bottom } of names) {
    const half = context.measureText(text).width / 2 + 3
    const [middle, above] = toScreen(view, mapX, top)
    const [, below] = toScreen(view, mapX, bottom)
    if (middle < 0 || middle > view.width || below < 0 || above > view.height) continue
    // Names at the edge stay whole.
    const x = Math.min(Math.max(middle, half), Math.max(half, view.width - half))
    const box = [above - LINE, below]
      .map((y): Box => [x - half, y, x + half, y + LINE])
      .find((one) => !taken.some((other) => overlap(one, other)))
    if (!box) continue
    taken.push(box)
    const y = (box[1] + box[3]) / 2
    context.lineWidth = 4
    context.strokeStyle = grounds[scheme]
    context.strokeText(text, x, y)
    context.fillStyle = inks[scheme]
    context.fillText(text, x, y)
  }
}

function drawLasso(context: CanvasRenderingContext2D, { scheme, lasso }: Overlay): void {
  if (lasso.length < 4) return
  context.beginPath()
  for (let k = 0; k < lasso.length; k += 2) context.lineTo(lasso[k], lasso[k + 1])
  context.closePath()
  context.lineWidth = 1.5
  context.strokeStyle = inks[scheme]
  context.setLineDash([5, 4])
  context.stroke()
  context.setLineDash([])
  context.globalAlpha = 0.08
  context.fillStyle = inks[scheme]
  context.fill()
  context.globalAlpha = 1
}
