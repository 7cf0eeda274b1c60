/** Draws points: what both ways of drawing, WebGL and plain pixels, have in common. */
import type { Scheme } from './palette.ts'
import type { View } from './view.ts'

export interface Scene {
  readonly view: View
  readonly scheme: Scheme
  /** Between where points were (0) and where they are (1). */
  readonly t: number
  /** The diameter of a point in CSS pixels. */
  readonly size: number
}

export interface PointRenderer {
  readonly kind: 'webgl' | 'pixels'
  /** Points x0, y0, x1, y1, … where they were and where they are; of the same length. */
  setPoints(from: Float32Array, to: Float32Array): void
  /** The code of each row in the palette; 255 is not drawn. */
  setCodes(codes: Uint8Array): void
  /** 1 for rows that are chosen, or null where none are; the others then step back. */
  setMarks(marks: Uint8Array | null): void
  /** 256 RGBA colours. */
  setPalette(colours: Uint8Array): void
  draw(scene: Scene): void
  dispose(): void
}

/** How strongly points that are not chosen are drawn beside points that are. */
export const FAINT = 0.18

/** Points get smaller the more there are, and larger with zoom. */
export function pointSize(count: number, scale: number, fitted: number): number {
  const base = Math.min(7, Math.max(2, 220 / Math.sqrt(Math.max(count, 1))))
  return Math.min(14, base * Math.max(1, Math.sqrt(scale / fitted)))
}
