/** The frame of the dashboard: every page opens, in both languages, with keys, on a phone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serve, type Served } from '../../src/server/serve.ts'
import { storePath } from '../../src/workspace/store/database.ts'
import { openStore } from '../../src/workspace/store/store.ts'
import { noBrowser, open, overflow, seriousFindings, startBrowser } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-shell-'))
const start = (name: string): Promise<Served> =>
  serve({ workspace: join(folder, name), model: 'service', host: '127.0.0.1', port: 0 })

const paths = ['/', '/map', '/segments', '/lookalikes', '/explorer', '/models', '/jobs', '/import']

describe.skipIf(noBrowser !== null)('the shell', () => {
  let browser: Browser
  let served: Served
  beforeAll(async () => {
    browser = await startBrowser()
    served = await start('empty')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(['en', 'zh-CN'] as const)('every page of an empty service opens in %s', async (language) => {
    for (const view of [
      { colours: 'light', phone: false },
      { colours: 'dark', phone: true },
    ] as const) {
      const { page, context, complaints } = await open(browser, served.address, { language, ...view })
      for (const path of paths) {
        await page.goto(path)
        await page.locator('h1').waitFor()
        await page.waitForLoadState('networkidle')
        expect([path, await page.locator('html').getAttribute('lang')]).toEqual([path, language])
        expect([path, await seriousFindings(page)]).toEqual([path, []])
        expect([path, (await overflow(page)) > 0]).toEqual([path, false])
      }
      expect(complaints).toEqual([])
      await context.close()
    }
  })

  test('the menu, the language and the colours work by keyboard', async () => {
    const { page, context, complaints } = await open(browser, served.address)
    await page.goto('/')
    await page.locator('h1').waitFor()
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content')
    await page.getByRole('link', { name: 'Jobs' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/jobs')
    await expect.poll(() => page.locator('h1:focus').count()).toBe(1)
    await page.getByRole('button', { name: 'Language' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: '简体中文' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: '任务' }).waitFor()
    await page.getByRole('button', { name: '切换到深色' }).click()
    await page.reload()
    await page.getByRole('button', { name: '切换到浅色' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('on a phone the menu opens and closes', async () => {
    const { page, context } = await open(browser, served.address, { phone: true })
    await page.goto('/')
    const link = page.getByRole('link', { name: 'Import', exact: true })
    expect(await link.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Menu' }).click()
    await link.click()
    await page.waitForURL('**/import')
    await expect.poll(() => link.isVisible()).toBe(false)
    await context.close()
  })

  test('a page that is none says so; what is no page is a problem', async () => {
    const { page, context } = await open(browser, served.address)
    await page.goto('/nowhere')
    await page.getByRole('link', { name: 'Go to the overview' }).click()
    await page.waitForURL(`${served.address}/`)
    await context.close()
    for (const path of ['/v1/nothing', '/assets/none.js', '/../package.json']) {
      const reply = await fetch(served.address + path, { headers: { accept: 'text/html' } })
      expect([path, reply.status]).toEqual([path, 404])
    }
    const policy = (await fetch(served.address, { headers: { accept: 'text/html' } })).headers.get(
      'content-security-policy',
    )
    expect(policy).toMatch(/script-src 'self';/)
    expect(policy).not.toMatch(/unsafe|https?:/)
  })

  test('a service with keys asks for one, and keeps it for the tab', async () => {
    const store = await openStore(storePath(join(folder, 'keys')))
    const { secret } = await store.keys.create('reader', 'read')
    await store.close()
    const closed = await start('keys')
    const { page, context } = await open(browser, closed.address)
    try {
      await page.goto('/')
      await page.locator('input[type=password]').fill('hp_wrong')
      await page.getByRole('button', { name: 'Use this key' }).click()
      await page.getByText('This key opens nothing.').waitFor()
      await page.locator('input[type=password]').fill(secret)
      await page.getByRole('button', { name: 'Use this key' }).click()
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
      await page.getByRole('button', { name: 'Forget the key' }).click()
      await page.getByText('The service asks for a key').waitFor()
      expect(await page.evaluate('sessionStorage.length')).toBe(0)
    } finally {
      await context.close()
      await closed.close()
    }
  })
})
