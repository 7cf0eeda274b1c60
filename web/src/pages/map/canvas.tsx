/** The engine in the page: its canvases, and pointers, wheel and keys. */
import { useEffect, useId, useImperativeHandle, useRef, useState, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { VisuallyHidden } from '@mantine/core'
import { type Look, MapEngine, type MapEvents } from './engine.ts'
import { followPointers } from './pointers.ts'
import classes from './map.module.css'

export interface MapHandle {
  fit(): void
  zoom(factor: number): void
  lookAt(row: number): void
}

export interface MapCanvasProps {
  readonly points: Float32Array
  /** Where the same rows were, from where they move; null to appear in place. */
  readonly from: Float32Array | null
  /** Another value brings the whole map back into view. */
  readonly map: string
  readonly look: Look
  readonly mode: 'pan' | 'lasso'
  /** Draws without WebGL. */
  readonly software: boolean
  /** What is to be seen, in words. */
  readonly label: string
  readonly events: MapEvents
  readonly handle: Ref<MapHandle>
}

const STEP = 48

export function MapCanvas(props: MapCanvasProps) {
  const { points, from, map, look, mode, software, label, events, handle } = props
  const { t } = useTranslation('map')
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const [engine, setEngine] = useState<MapEngine | null>(null)
  const latest = useRef({ events, mode })
  const shown = useRef('')
  const help = useId()
  useEffect(() => {
    latest.current = { events, mode }
  })

  useEffect(() => {
    const made = new MapEngine(
      canvas.current!,
      overlay.current!,
      {
        onHover: (found) => latest.current.events.onHover(found),
        onPick: (row) => latest.current.events.onPick(row),
        onLasso: (rows, add) => latest.current.events.onLasso(rows, add),
        onLost: () => latest.current.events.onLost(),
      },
      software,
    )
    const size = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect
      if (width > 0 && height > 0) made.resize(width, height)
    })
    size.observe(box.current!)
    const release = followPointers(overlay.current!, made, () => latest.current.mode)
    shown.current = ''
    setEngine(made)
    return () => {
      size.disconnect()
      release()
      made.dispose()
    }
  }, [software])

  useEffect(() => {
    if (!engine) return
    engine.setPoints(points, from, shown.current !== map)
    shown.current = map
  }, [engine, points, from, map])
  useEffect(() => engine?.setLook(look), [engine, look])
  useImperativeHandle(
    handle,
    () => ({
      fit: () => engine?.fit(),
      zoom: (factor) => engine?.zoom(factor),
      lookAt: (row) => engine?.lookAt(row),
    }),
    [engine],
  )

  function onKeyDown(event: React.KeyboardEvent): void {
    const act = {
      ArrowLeft: () => engine?.pan(STEP, 0),
      ArrowRight: () => engine?.pan(-STEP, 0),
      ArrowUp: () => engine?.pan(0, STEP),
      ArrowDown: () => engine?.pan(0, -STEP),
      '+': () => engine?.zoom(1.5),
      '=': () => engine?.zoom(1.5),
      '-': () => engine?.zoom(1 / 1.5),
      '0': () => engine?.fit(),
      Escape: () => engine?.dropLasso(),
    }[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  }

  return (
    // A map is an application: it takes the focus, and keys move it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={box}
      className={classes.map}
      role="application"
      aria-label={label}
      aria-describedby={help}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <VisuallyHidden id={help}>{t('keys')}</VisuallyHidden>
      {/* A canvas that had WebGL cannot have anything else: another way of drawing is another canvas. */}
      <canvas key={software ? 'pixels' : 'webgl'} ref={canvas} className={classes.layer} />
      <canvas ref={overlay} className={classes.layer} data-mode={mode} />
    </div>
  )
}
