/** Points as pixels that we set ourselves: for browsers without WebGL 2. */
import { grounds, HIDDEN, rgbOf } from './palette.ts'
import { FAINT, type PointRenderer, type Scene } from './renderer.ts'

export function pixelRenderer(canvas: HTMLCanvasElement): PointRenderer {
  const context = canvas.getContext('2d', { alpha: false })
  let from = new Float32Array()
  let to = new Float32Array()
  let codes = new Uint8Array()
  let marks: Uint8Array | null = null
  let palette = new Uint8Array(1024)
  let image: ImageData | null = null

  /** Draws the points whose mark is `mark`, or all, mixed with what is there by `strength`. */
  function drawPoints(pixels: Uint32Array, colours: Uint32Array, scene: Scene, mark: number | null): void {
    const { view, t } = scene
    const { width, height } = canvas
    const ratio = width / view.width
    const side = Math.max(1, Math.round(scene.size * ratio))
    const spare = discOf(side)
    for (let row = 0; row < codes.length; row++) {
      if (codes[row] === HIDDEN || (mark !== null && marks![row] !== mark)) continue
      const x = from[2 * row] + t * (to[2 * row] - from[2 * row])
      const y = from[2 * row + 1] + t * (to[2 * row + 1] - from[2 * row + 1])
      const left = Math.round(((x - view.x) * view.scale + view.width / 2) * ratio - side / 2)
      const top = Math.round((view.height / 2 - (y - view.y) * view.scale) * ratio - side / 2)
      if (left >= width || top >= height || left + side <= 0 || top + side <= 0) continue
      const colour = colours[codes[row]]
      for (let py = Math.max(0, top); py < Math.min(height, top + side); py++) {
        const cut = spare[py - top]
        const start = py * width
        pixels.fill(colour, start + Math.max(0, left + cut), start + Math.min(width, left + side - cut))
      }
    }
  }

  return {
    kind: 'pixels',
    setPoints: (before, after) => void ([from, to] = [before.slice(), after.slice()]),
    setCodes: (next) => void (codes = next.slice()),
    setMarks: (next) => void (marks = next),
    setPalette: (colours) => void (palette = colours.slice()),
    draw(scene) {
      if (!context) return
      if (image?.width !== canvas.width || image.height !== canvas.height) {
        image = context.createImageData(canvas.width, canvas.height)
      }
      const pixels = new Uint32Array(image.data.buffer)
      const ground = rgbOf(grounds[scene.scheme])
      pixels.fill(packed(ground))
      const colours = Uint32Array.from({ length: 256 }, (_, code) => packed(palette.subarray(4 * code)))
      if (marks) {
        const faint = Uint32Array.from({ length: 256 }, (_, code) =>
          packed(ground.map((value, c) => value + FAINT * (palette[4 * code + c] - value))),
        )
        drawPoints(pixels, faint, scene, 0)
        drawPoints(pixels, colours, scene, 1)
      } else drawPoints(pixels, colours, scene, null)
      context.putImageData(image, 0, 0)
    },
    dispose() {
      image = null
    },
  }
}

/** How many pixels of each row of a square are left out at both ends to make it round. */
function discOf(side: number): Int32Array {
  const radius = side / 2
  return Int32Array.from({ length: side }, (_, y) =>
    Math.round(radius - Math.sqrt(radius * radius - (y + 0.5 - radius) ** 2)),
  )
}

/** An opaque colour as the 32 bits that a little-endian machine keeps in an image. */
const packed = (rgb: ArrayLike<number>): number =>
  ((255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0
