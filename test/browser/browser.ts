/**
 * A real Chromium for the tests of the dashboard: Debian's, or the one that CHROMIUM names. Without one, or where the dashboard was not
 * built, the tests are skipped and say so.
 */
import axe from 'axe-core'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const root = fileURLToPath(new URL('../../', import.meta.url))
const program = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
)
const built = existsSync(join(root, 'dist/web/index.html'))
/** Why there is no browser to test in; null when there is one. */
export const noBrowser = !program
  ? 'no Chromium: apt-get install chromium fonts-noto-cjk, or name one in CHROMIUM'
  : built
    ? null
    : 'the dashboard is not built: npm run build-web'
if (noBrowser !== null) console.warn(`the tests of the dashboard are skipped: ${noBrowser}`)

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: program!, args: ['--no-sandbox', '--enable-unsafe-swiftshader'] })
}

export interface View {
  readonly language?: 'en' | 'zh-CN'
  readonly colours?: 'light' | 'dark'
  /** The width and height of a phone rather than of a laptop. */
  readonly phone?: boolean
  /** Things move, as they do for people who have not asked for less of it. */
  readonly motion?: boolean
}

/** A fresh context, and what went wrong in its console: errors, and what the policy kept out. */
export async function open(
  browser: Browser,
  address: string,
  { language = 'en', colours = 'light', phone = false, motion = false }: View = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const context = await browser.newContext({
    baseURL: address,
    locale: language,
    colorScheme: colours,
    reducedMotion: motion ? 'no-preference' : 'reduce',
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
  })
  const page = await context.newPage()
  // Machines that test are busy.
  page.setDefaultTimeout(40_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    // What the service refuses is shown on the page; Chromium logs it, too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, context, complaints }
}

/** Before the page runs: hides that WebGL is drawn by software, or that there is WebGL at all. */
export function hideRenderer(hidden: 'software' | 'webgl'): void {
  const { HTMLCanvasElement, WebGL2RenderingContext } = globalThis as unknown as {
    HTMLCanvasElement: { prototype: { getContext: (kind: string, ...rest: unknown[]) => unknown } }
    WebGL2RenderingContext: { prototype: { getExtension: (name: string) => unknown; getParameter: unknown } }
  }
  const { getContext } = HTMLCanvasElement.prototype
  if (hidden === 'webgl') {
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind === 'webgl2' ? null : getContext.call(this, kind, ...rest)
    }
    return
  }
  const { getExtension } = WebGL2RenderingContext.prototype
  WebGL2RenderingContext.prototype.getExtension = function (name) {
    return name === 'WEBGL_debug_renderer_info' ? null : getExtension.call(this, name)
  }
  const getParameter = WebGL2RenderingContext.prototype.getParameter as (name: number) => unknown
  const RENDERER = 0x1f01
  WebGL2RenderingContext.prototype.getParameter = function (name: number) {
    return name === RENDERER ? 'WebKit WebGL' : getParameter.call(this, name)
  }
}

/** What axe-core finds serious or critical on the page as it is now, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Through the debugger, past the policy of the page.
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; impact: string; nodes: [{ html: string; failureSummary: string }] }[]
        }>
      }
    }
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => {
        const [{ html, failureSummary }] = nodes
        return `${id} (${nodes.length}): ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`
      })
  })
  return found
}

/** Whether the page is wider than the window: on a phone it must not be. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { documentElement } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document
    return documentElement.scrollWidth - documentElement.clientWidth
  })
}

/** Keeps a picture of the page where HOMOPHILY_PICTURES says; nowhere when it says nothing. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.HOMOPHILY_PICTURES
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

/** The text of the file that an export menu, which is open, gives in a format. */
export async function fileOf(page: Page, format: string, name: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: format }).click(),
  ])
  const saved = file.suggestedFilename()
  if (saved !== name) throw new Error(`saved as ${saved}, not as ${name}`)
  return readFileSync(await file.path(), 'utf8')
}
