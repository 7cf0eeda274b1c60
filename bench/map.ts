/**
 * The map of 100,000 users in a real Chromium whose graphics card is a processor: when the first points are there, and how long frames
 * take while it is moved, zoomed and changed to another version. Drawn by setting pixels, as the page does on such a machine, beside
 * WebGL on the same.
 *
 *     npm run build && npm run bench -- map
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { Random } from '../src/random.ts'
import { serve } from '../src/server/serve.ts'
import { hideRenderer, noBrowser, open, startBrowser } from '../test/browser/browser.ts'

const POINTS = 100_000
const GROUPS = 12
const STEPS = 60

export async function mapBench(): Promise<void> {
  if (noBrowser !== null) throw new Error(noBrowser)
  const folder = mkdtempSync(join(tmpdir(), 'homophily-map-bench-'))
  const served = await serve({ workspace: folder, model: 'service', host: '127.0.0.1', port: 0 })
  const browser = await startBrowser()
  try {
    const pixels = await measure(browser, served.address, 'pixels')
    const webgl = await measure(browser, served.address, 'webgl')
    for (const [name, time] of Object.entries(pixels)) {
      console.log(`${name}: pixels ${time.toFixed(1)} ms, ×${(webgl[name] / time).toFixed(2)} with WebGL`)
    }
  } finally {
    await browser.close()
    await served.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds by what is done: the median and the 95th percentile between two frames. */
async function measure(
  browser: Browser,
  address: string,
  kind: 'pixels' | 'webgl',
): Promise<Record<string, number>> {
  const { page, context } = await open(browser, address, { motion: true })
  if (kind === 'webgl') await page.addInitScript<'software' | 'webgl'>(hideRenderer, 'software')
  await page.addInitScript(noteFirstPoints)
  await answerMaps(page)
  await page.goto('/map')
  await page.waitForFunction(() => 'firstPoints' in globalThis)
  const first = await page.evaluate(() => (globalThis as unknown as { firstPoints: number }).firstPoints)
  await page.getByRole('group', { name: 'Segment' }).waitFor()
  await page.waitForLoadState('networkidle')
  const { x, y } = (await page.getByRole('application').boundingBox())!
  const found: Record<string, number> = { 'first points': first }
  const note = async (name: string, act: () => Promise<void>): Promise<void> => {
    await page.evaluate(startFrames)
    await act()
    const times = await page.evaluate(endFrames)
    found[`${name}, median frame`] = times[times.length >> 1]!
    found[`${name}, 95th percentile`] = times[Math.floor(0.95 * (times.length - 1))]!
  }
  await page.mouse.move(x + 300, y + 200)
  await page.mouse.down()
  await note('moving', () => page.mouse.move(x + 480, y + 260, { steps: STEPS }))
  await page.mouse.up()
  await note('zooming', async () => {
    for (let step = 0; step < STEPS; step++) await page.mouse.wheel(0, -20)
  })
  await page.getByRole('button', { name: 'Show the whole map' }).click()
  await page.getByRole('slider').focus()
  await note('another version', async () => {
    await page.keyboard.press('ArrowLeft')
    await page.waitForTimeout(2000)
  })
  await context.close()
  return found
}

/** The answers of a service that has a map of so many users in two versions. */
async function answerMaps(page: Page): Promise<void> {
  const rng = new Random(1)
  const group = Array.from({ length: POINTS }, (_, row) => row % GROUPS)
  const version = (shift: number): Buffer => {
    const points = new Float32Array(2 * POINTS)
    for (const [row, k] of group.entries()) {
      points[2 * row] = 9 * Math.cos(k + shift) + rng.normal()
      points[2 * row + 1] = 7 * Math.sin(1.7 * k + shift) + rng.normal()
    }
    return Buffer.from(points.buffer)
  }
  const points = [version(0), version(0.2)]
  const info = { name: 'map-users', of: 'users', count: POINTS, created: '2026-01-01T00:00:00Z', config: {} }
  const json: Readonly<Record<string, unknown>> = {
    '': { items: [{ name: 'map-users', of: 'users', version: 2, versions: [1, 2], running: null }] },
    '/map-users': {
      ...info,
      space: { name: 'service', version: 2 },
      bounds: [-9, -7, 9, 7],
      neighbourhood: null,
    },
    '/map-users/ids': { ids: group.map((_, row) => `user-${row}`) },
    '/map-users/colours': {
      by: 'segment',
      kind: 'category',
      categories: Array.from({ length: GROUPS }, (_, k) => ({ label: `group ${k}`, count: POINTS / GROUPS })),
      codes: group,
    },
  }
  await page.route(/\/v1\/maps/, (route) => {
    const url = new URL(route.request().url())
    const path = url.pathname.slice('/v1/maps'.length)
    if (path !== '/map-users/points') return route.fulfill({ json: json[path] })
    const body = points[Number(url.searchParams.get('version') ?? 2) - 1]
    return route.fulfill({ body, contentType: 'application/octet-stream' })
  })
}

interface Watched {
  firstPoints?: number
  frames: number[] | null
  requestAnimationFrame(call: (time: number) => void): void
  CanvasRenderingContext2D: { prototype: { putImageData: (...rest: unknown[]) => void } }
  WebGL2RenderingContext: { prototype: { drawArrays: (...rest: unknown[]) => void } }
}

/** In the page: notes when points are drawn for the first time. */
function noteFirstPoints(): void {
  const page = globalThis as unknown as Watched
  const watch = <K extends string>(prototype: Record<K, (...rest: unknown[]) => void>, name: K): void => {
    const draw = prototype[name]
    prototype[name] = function (this: unknown, ...rest: unknown[]) {
      draw.apply(this, rest)
      page.firstPoints ??= performance.now()
    }
  }
  watch(page.CanvasRenderingContext2D.prototype, 'putImageData')
  watch(page.WebGL2RenderingContext.prototype, 'drawArrays')
}

function startFrames(): void {
  const page = globalThis as unknown as Watched
  const frames: number[] = []
  page.frames = frames
  let last = performance.now()
  const next = (): void => {
    if (page.frames !== frames) return
    const now = performance.now()
    frames.push(now - last)
    last = now
    page.requestAnimationFrame(next)
  }
  page.requestAnimationFrame(next)
}

function endFrames(): number[] {
  const page = globalThis as unknown as Watched
  const times = page.frames ?? []
  page.frames = null
  return times.sort((a, b) => a - b)
}
