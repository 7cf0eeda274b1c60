/**
 * When the overview is seen in a real Chromium on localhost, on the sample marketplace: the first paint with something in it, and the number of
 * events. Each visit has a browser profile of its own, with nothing kept from the one before.
 *
 *     npm run build && npm run bench -- paint
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { noBrowser, open, startBrowser } from '../test/browser/browser.ts'
import { serveSample } from '../test/browser/sample.ts'

const VISITS = 11

export async function paintBench(): Promise<void> {
  if (noBrowser !== null) throw new Error(noBrowser)
  const folder = mkdtempSync(join(tmpdir(), 'homophily-paint-bench-'))
  const { served } = await serveSample(folder)
  const browser = await startBrowser()
  try {
    const visits: Visit[] = []
    for (let visit = 0; visit < VISITS; visit++) visits.push(await visitOf(browser, served.address))
    for (const name of ['paint', 'figures'] as const) {
      const times = visits.map((visit) => visit[name]).sort((a, b) => a - b)
      const [median, most] = [times[times.length >> 1], times.at(-1)!]
      console.log(`${name}: median ${median.toFixed(0)} ms, at most ${most.toFixed(0)} ms (mark: 1000 ms)`)
    }
    console.log(`load of the machine ${loadavg()[0].toFixed(1)}`)
  } finally {
    await browser.close()
    await served.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds since the navigation began. */
interface Visit {
  /** The first paint with text or a picture. */
  readonly paint: number
  /** The figures of the overview are there. */
  readonly figures: number
}

async function visitOf(browser: Browser, address: string): Promise<Visit> {
  const { page, context } = await open(browser, address)
  await page.goto('/')
  await page.getByText('Events', { exact: true }).first().waitFor()
  const figures = await page.evaluate(() => performance.now())
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  )
  await context.close()
  return { paint, figures }
}
