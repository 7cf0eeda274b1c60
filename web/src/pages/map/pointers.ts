/** Mouse, pen and fingers on the map: one moves it or draws a lasso, two zoom, the wheel zooms, a click picks. */
import type { MapEngine } from './engine.ts'

type Place = readonly [x: number, y: number]

/** A press that never leaves these pixels around its place is a click. */
const STILL = 4

/** Follows the pointers over `surface` until the answer is called. */
export function followPointers(
  surface: HTMLElement,
  engine: MapEngine,
  mode: () => 'pan' | 'lasso',
): () => void {
  const down = new Map<number, Place>()
  let begun: Place | null = null
  let still = false
  let drawing = false

  const placeOf = (event: PointerEvent | WheelEvent): Place => {
    const { left, top } = surface.getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }

  function onDown(event: PointerEvent): void {
    if (event.button !== 0) return
    surface.setPointerCapture(event.pointerId)
    const place = placeOf(event)
    down.set(event.pointerId, place)
    begun = down.size === 1 ? place : null
    still = down.size === 1
    if (down.size > 1) engine.dropLasso()
    drawing = down.size === 1 && (mode() === 'lasso' || event.shiftKey)
    if (drawing) engine.lassoTo(...place)
  }

  function onMove(event: PointerEvent): void {
    const place = placeOf(event)
    const before = down.get(event.pointerId)
    if (!before) return engine.hover(...place)
    if (begun !== null && distance(begun, place) >= STILL) still = false
    const [dx, dy] = [place[0] - before[0], place[1] - before[1]]
    if (down.size === 2) {
      const other = [...down].find(([id]) => id !== event.pointerId)![1]
      const factor = distance(place, other) / Math.max(1, distance(before, other))
      engine.pan(dx / 2, dy / 2)
      engine.zoom(factor, [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2])
    } else if (drawing) engine.lassoTo(...place)
    else engine.pan(dx, dy)
    down.set(event.pointerId, place)
  }

  function onUp(event: PointerEvent): void {
    if (!down.delete(event.pointerId)) return
    const place = placeOf(event)
    if (still) {
      engine.dropLasso()
      engine.pick(...place)
    } else if (drawing) engine.endLasso(event.shiftKey)
    drawing = false
    still = false
    begun = null
  }

  function onCancel(event: PointerEvent): void {
    down.delete(event.pointerId)
    drawing = false
    begun = null
    engine.dropLasso()
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault()
    engine.zoom(1.0015 ** -event.deltaY, placeOf(event))
  }

  const leave = (): void => engine.leave()
  surface.addEventListener('pointerdown', onDown)
  surface.addEventListener('pointermove', onMove)
  surface.addEventListener('pointerup', onUp)
  surface.addEventListener('pointercancel', onCancel)
  surface.addEventListener('pointerleave', leave)
  surface.addEventListener('wheel', onWheel, { passive: false })
  return () => {
    surface.removeEventListener('pointerdown', onDown)
    surface.removeEventListener('pointermove', onMove)
    surface.removeEventListener('pointerup', onUp)
    surface.removeEventListener('pointercancel', onCancel)
    surface.removeEventListener('pointerleave', leave)
    surface.removeEventListener('wheel', onWheel)
  }
}

const distance = (a: Place, b: Place): number => Math.hypot(a[0] - b[0], a[1] - b[1])
