import { describe, expect, it } from 'vitest'
import { buildGrid, nearest } from './grid.ts'
import { inside, lassoed } from './lasso.ts'
import {
  categoryCodes,
  categoryColours,
  grounds,
  HIDDEN,
  NO_VALUE,
  numberCodes,
  paletteOf,
  rgbOf,
} from './palette.ts'
import { boundsOf, fit, pan, toMap, toScreen, zoom } from './view.ts'

/** A spiral: no two points in one place, none on a cell's edge by design. */
const spiral = (n: number): Float32Array =>
  Float32Array.from({ length: 2 * n }, (_, k) => {
    const turn = Math.floor(k / 2) * 2.4
    const radius = Math.sqrt(Math.floor(k / 2) + 1)
    return k % 2 ? radius * Math.sin(turn) : 3 + radius * Math.cos(turn)
  })

describe('view', () => {
  it('fits a wide map into a tall canvas with one scale for both axes', () => {
    const view = fit([0, 0, 10, 2], 100, 400)
    expect(view.scale).toBeCloseTo(8.8)
    expect(toScreen(view, 5, 1)).toEqual([50, 200])
    const [left, top] = toScreen(view, 0, 2)
    expect(left).toBeCloseTo(6)
    expect(top).toBeCloseTo(200 - 8.8)
  })

  it('comes back from the screen to the map', () => {
    const view = fit([-3, 4, 9, 20], 640, 480)
    const [x, y] = toMap(view, ...toScreen(view, 1.25, 7.5))
    expect(x).toBeCloseTo(1.25)
    expect(y).toBeCloseTo(7.5)
  })

  it('keeps the place under the pointer when zooming, and keeps to the limits', () => {
    const view = fit([0, 0, 10, 10], 200, 100)
    const at = [30, 80] as const
    const before = toMap(view, ...at)
    const closer = zoom(view, 3, at, 1, 1e6)
    expect(closer.scale).toBeCloseTo(3 * view.scale)
    expect(toMap(closer, ...at)[0]).toBeCloseTo(before[0])
    expect(toMap(closer, ...at)[1]).toBeCloseTo(before[1])
    expect(zoom(view, 1000, at, 1, 50).scale).toBe(50)
    expect(zoom(view, 1e-9, at, 1, 50).scale).toBe(1)
  })

  it('follows the hand that drags it', () => {
    const view = fit([0, 0, 10, 10], 200, 100)
    const [x, y] = toScreen(pan(view, 12, -7), 4, 4)
    const [x0, y0] = toScreen(view, 4, 4)
    expect(x - x0).toBeCloseTo(12)
    expect(y - y0).toBeCloseTo(-7)
  })

  it('has bounds where there is nothing, or one point only', () => {
    expect(boundsOf(new Float32Array())).toEqual([-1, -1, 1, 1])
    expect(fit(boundsOf(Float32Array.of(2, 2)), 100, 100).scale).toBeGreaterThan(0)
  })
})

describe('nearest', () => {
  it('finds what looking at all points finds', () => {
    const points = spiral(500)
    const grid = buildGrid(points)
    for (let k = 0; k < 200; k++) {
      const x = 3 + 25 * Math.cos(k)
      const y = 25 * Math.sin(k * 1.7)
      let best = -1
      let least = 2 ** 2
      for (let row = 0; row < 500; row++) {
        const distance = (points[2 * row] - x) ** 2 + (points[2 * row + 1] - y) ** 2
        if (distance <= least) [best, least] = [row, distance]
      }
      expect(nearest(grid, x, y, 2)).toBe(best)
    }
  })

  it('passes over points that are not shown, and answers -1 out of reach', () => {
    const grid = buildGrid(Float32Array.of(0, 0, 1, 0, 9, 9))
    expect(nearest(grid, 0.1, 0, 3)).toBe(0)
    expect(nearest(grid, 0.1, 0, 3, (row) => row !== 0)).toBe(1)
    expect(nearest(grid, 4, 4, 1)).toBe(-1)
    expect(nearest(buildGrid(new Float32Array()), 0, 0, 1)).toBe(-1)
  })
})

describe('lasso', () => {
  // A U: what is between its arms is not inside.
  const u = Float32Array.of(0, 0, 3, 0, 3, 3, 2, 3, 2, 1, 1, 1, 1, 3, 0, 3)

  it('tells the inside of a line that bends inwards', () => {
    expect(inside(u, 0.5, 2)).toBe(true)
    expect(inside(u, 1.5, 2)).toBe(false)
    expect(inside(u, 1.5, 0.5)).toBe(true)
    expect(inside(u, 4, 2)).toBe(false)
  })

  it('answers the rows that are shown, and none for a line that encloses nothing', () => {
    const points = Float32Array.of(0.5, 2, 1.5, 2, 2.5, 2, 1.5, 0.5)
    expect(lassoed(points, u)).toEqual([0, 2, 3])
    expect(lassoed(points, u, (row) => row !== 2)).toEqual([0, 3])
    expect(lassoed(points, u.subarray(0, 4))).toEqual([])
  })
})

describe('palette', () => {
  const luminance = (hex: string): number => {
    const [r, g, b] = rgbOf(hex).map((value) => {
      const c = value / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
    return (high + 0.05) / (low + 0.05)
  }

  it.each(categoryColours)('%s stands out from both grounds', (colour) => {
    expect(contrast(colour, grounds.light)).toBeGreaterThanOrEqual(3)
    expect(contrast(colour, grounds.dark)).toBeGreaterThanOrEqual(3)
  })

  it('has no colour twice', () => {
    expect(new Set(categoryColours).size).toBe(20)
  })

  it('hides categories that are off, and gives rows without a category a grey', () => {
    expect([...categoryCodes([0, 1, -1, 2], [4, 0, 7], new Set([1]))]).toEqual([4, HIDDEN, NO_VALUE, 7])
    expect([...paletteOf('category', 'light').subarray(0, 3)]).toEqual(rgbOf(categoryColours[0]))
  })

  it('spreads numbers between their 2nd and 98th percentile', () => {
    const values = [...Array.from({ length: 100 }, (_, k) => k), 1e9, null]
    const { codes, low, high } = numberCodes(values)
    expect([low, high]).toEqual([2, 98])
    expect(codes[0]).toBe(0)
    expect(codes[50]).toBe(Math.round((48 / 96) * 253))
    expect(codes[100]).toBe(253)
    expect(codes[101]).toBe(NO_VALUE)
    expect([...numberCodes([null]).codes]).toEqual([NO_VALUE])
    expect([...numberCodes([5, 5]).codes]).toEqual([0, 0])
  })
})
