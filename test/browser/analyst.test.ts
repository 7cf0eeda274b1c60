/** The analyst's part of the dashboard on the sample marketplace: segments, map, look-alikes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serve } from '../../src/server/serve.ts'
import {
  fileOf,
  hideRenderer,
  noBrowser,
  open,
  overflow,
  picture,
  seriousFindings,
  startBrowser,
} from './browser.ts'
import { colouredShare, greyShare, lassoAll, loseWebGL } from './map-page.ts'
import { embedGraph, type SampleService, serveSample } from './sample.ts'

const USERS = 600

describe.skipIf(noBrowser !== null)('the analyst', () => {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-analyst-'))
  let browser: Browser
  let sample: SampleService
  beforeAll(async () => {
    browser = await startBrowser()
    sample = await serveSample(folder)
    for (const seed of [1, 2]) await embedGraph(folder, 'walks', seed)
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await sample?.served.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('names a segment by what sets it apart, gives it another name, and takes its members away as a file', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    const { items } = await sample.client.segments()
    expect(items).toHaveLength(6)
    await page.goto('/segments')
    await page.getByText('6 chosen').waitFor()
    await page.getByRole('link', { name: items[0].name }).click()
    await page.getByRole('heading', { level: 1, name: items[0].name }).waitFor()
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByLabel('Name of the segment').fill('Collectors')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Collectors' }).waitFor()
    await page.getByRole('button', { name: 'Export Collectors' }).click()
    const lines = (await fileOf(page, 'CSV', 'Collectors.csv')).trim().split('\n')
    expect(lines).toHaveLength(items[0].size + 1)
    expect(lines.slice(1).map((line) => line.split(',')[0])).toContain(items[0].typical[0])
    await page.getByRole('link', { name: 'All segments' }).click()
    await page.getByRole('link', { name: 'Collectors' }).waitFor()
    expect((await sample.client.segments({ version: 1 })).items.map(({ name }) => name)).toContain(
      'Collectors',
    )
    expect(complaints).toEqual([])
    await context.close()
  })

  test('sees who moved between two versions, in words, as a picture, and by name', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    const { moved, shared, flows } = await sample.client.churn({ from: 1, to: 2 })
    expect(moved).toBeGreaterThan(0)
    await page.goto('/segments/changes')
    await page.getByText(`${moved} of the ${shared} users in both versions moved`).waitFor()
    await page.getByRole('img', { name: `${moved} moved` }).waitFor()
    const movers = page.getByRole('region', { name: 'Users who moved' }).locator('tbody tr')
    await expect.poll(() => movers.count()).toBe(Math.min(20, moved))
    // A ribbon of the picture shows those who are in it.
    const [flow] = flows.filter(({ from, to }) => from !== to).sort((a, b) => b.count - a.count)
    const { names } = await sample.client.churn({ from: 1, to: 2 })
    await page
      .locator('path', { hasText: `${names[flow.from!]} → ${names[flow.to!]}: ${flow.count}` })
      .dispatchEvent('click')
    await expect.poll(() => movers.count()).toBe(flow.count)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('sees how far users, items and nodes drifted, on the whole and one by one', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    const drift = await sample.client.spaceDrift('service', 2)
    await page.goto('/segments/changes')
    await page.getByRole('link', { name: /How far users moved/ }).click()
    const panel = page.getByRole('region', { name: 'Drift' })
    await panel.getByText('Version 2 beside version 1,', { exact: false }).waitFor()
    const [top] = drift.users!.most
    const value = (x: number): string => x.toFixed(3)
    await panel
      .getByRole('row', { name: `Users ${drift.users!.shared} ${value(drift.users!.mean!)}` })
      .waitFor()
    const rows = panel.locator('table').last().locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(10)
    expect(await rows.first().innerText()).toMatch(
      new RegExp(`${top.id}\\s+${value(top.drift).replace('.', '\\.')}`),
    )
    await panel.getByRole('button', { name: 'Show 50' }).click()
    await expect.poll(() => rows.count()).toBe(50)
    // One by its id, and one that is nobody.
    await panel.getByRole('combobox', { name: 'How far did one move?' }).fill(top.id)
    await page.keyboard.press('Enter')
    await panel.getByText(`${top.id} moved by ${value(top.drift)}.`).waitFor()
    await panel.getByRole('combobox', { name: 'How far did one move?' }).fill('nobody')
    await page.keyboard.press('Enter')
    await panel.getByText('nobody is not in this version.').waitFor()
    await panel.getByText('Items', { exact: true }).last().click()
    await expect.poll(() => rows.first().innerText()).toContain(drift.items!.most[0].id)
    // The first version has nothing before it; an embedding has versions of its own.
    await panel.getByRole('combobox', { name: 'Version' }).click()
    await page.getByRole('option', { name: '1', exact: true }).click()
    await panel.getByRole('heading', { name: 'There is nothing to compare this version with' }).waitFor()
    await panel.getByText(/there was none in service when it was trained/).waitFor()
    await panel.getByRole('combobox', { name: 'Of what' }).click()
    await page.getByRole('option', { name: 'walks · deepwalk' }).click()
    await panel.getByRole('row', { name: `Nodes ${USERS + 240}` }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('colours the map by an attribute that only the last of all has', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    await sample.client.putUser('user-0599', { cohort: 'last of all', region: 'north' })
    await page.goto('/map')
    await page.getByRole('combobox', { name: 'Colour by' }).click()
    await page.getByRole('option', { name: 'cohort' }).click()
    await page.getByRole('group', { name: 'cohort' }).getByText('last of all').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('makes segments from any space there is', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    await page.goto('/segments')
    await page.getByRole('button', { name: 'Make segments' }).click()
    await page.getByRole('combobox', { name: 'Compared by' }).click()
    // What there is comes from the service, maybe after the list has opened.
    await expect
      .poll(() => page.getByRole('option').allInnerTexts(), { timeout: 10_000 })
      .toEqual([
        `What the model in service learned · ${USERS} users`,
        `Attributes · ${USERS} users`,
        `walks · deepwalk · ${USERS} users`,
      ])
    await page.getByRole('option', { name: /^walks/ }).click()
    await page.getByRole('button', { name: 'Start' }).click()
    await expect
      .poll(async () => (await sample.client.segments()).space, { timeout: 60_000 })
      .toEqual({ name: 'walks', version: 2 })
    await page.getByText('walks, version 2').waitFor()
    await page
      .getByText('They begin from fresh seeds: the version before was of another space', { exact: false })
      .waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('compares two segments', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    const { items } = await sample.client.segments()
    await page.goto(`/segments/compare?a=${items[0].id}&b=${items[1].id}`)
    const rows = page.getByRole('region', { name: 'Differences' }).locator('tbody tr')
    await rows.nth(5).waitFor()
    expect(await rows.first().innerText()).toMatch(new RegExp(`${items[0].size}\\s+${items[1].size}`))
    expect(complaints).toEqual([])
    await context.close()
  })

  test('draws around users on the map, or chooses them by the legend, and keeps them as an audience', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    const segment = (await sample.client.segments()).items[1]
    await page.goto('/map')
    const legend = page.getByRole('group', { name: 'Segment' })
    await legend.getByText(segment.name).waitFor()
    await page.getByText('Lasso', { exact: true }).click()
    await lassoAll(page)
    await page.getByText(`${USERS} chosen`).waitFor()
    // Hidden points are not caught.
    await page.getByRole('button', { name: 'None', exact: true }).click()
    await legend.getByRole('checkbox', { name: segment.name }).check()
    await lassoAll(page)
    await page.getByText(`${segment.size} chosen`).waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    // The same by keyboard.
    await page.getByRole('button', { name: 'Choose all shown' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText(`${segment.size} chosen`).waitFor()
    await page.getByLabel('Name of the audience').fill('Drawn around')
    await page.getByRole('button', { name: 'Save as audience' }).click()
    await page.getByText('Saved as “Drawn around”.').waitFor()
    const saved = (await sample.client.audiences()).items.find(({ name }) => name === 'Drawn around')
    expect(saved?.size).toBe(segment.size)
    const members = await sample.client.audienceMembers(saved!.id, { limit: 1000 })
    expect(members.items.map(({ id }) => id)).toContain(segment.typical[0])
    await page.getByRole('link', { name: 'See the audiences' }).click()
    await page.getByRole('row', { name: 'Drawn around' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('finds a user on the map, and goes through its versions', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    await page.goto('/map')
    await page.getByRole('combobox', { name: 'Find an id' }).fill('user-0007')
    await page.getByRole('option', { name: 'user-0007' }).click()
    await page.getByRole('heading', { name: 'user-0007' }).waitFor()
    await page.locator('dt', { hasText: 'region' }).waitFor()
    await page.getByRole('button', { name: 'Add to chosen' }).click()
    await page.getByText('1 chosen').waitFor()
    await page.getByRole('slider').focus()
    await page.keyboard.press('ArrowLeft')
    await page.getByText('Version 1', { exact: false }).first().waitFor()
    await page.getByText('Nobody yet.', { exact: false }).waitFor()
    await page.getByRole('application').focus()
    for (const key of ['+', 'ArrowLeft', '-', '0']) await page.keyboard.press(key)
    await page.getByText('Items', { exact: true }).click()
    await page.getByRole('application', { name: /Map of 240 items/ }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('draws the same with WebGL, without, and when it goes away, and says where there is none', async () => {
    const covered: number[] = []
    for (const hidden of ['software', 'webgl'] as const) {
      const { page, context, complaints } = await open(browser, sample.served.address)
      await page.addInitScript(hideRenderer, hidden)
      await page.goto('/map')
      await page.getByRole('group', { name: 'Segment' }).waitFor()
      await expect
        .poll(() => page.getByText('This browser has no WebGL 2', { exact: false }).count())
        .toBe(hidden === 'webgl' ? 1 : 0)
      covered.push(await colouredShare(page, await page.getByRole('application').screenshot()))
      if (hidden === 'software') {
        await page.evaluate(loseWebGL)
        await expect.poll(() => page.locator('canvas').count()).toBe(2)
        covered.push(await colouredShare(page, await page.getByRole('application').screenshot()))
      }
      expect(complaints).toEqual([])
      await context.close()
    }
    const [withGl, afterLoss, without] = covered as [number, number, number]
    expect(without).toBeGreaterThan(0.002)
    for (const share of [withGl, afterLoss]) {
      expect(share / without).toBeGreaterThan(0.7)
      expect(share / without).toBeLessThan(1.4)
    }
  })

  test('从种子用户得到相似人群，保存、刷新并导出', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address, { language: 'zh-CN' })
    const { items } = await sample.client.segmentMembers('s1', { limit: 40 })
    await page.goto('/lookalikes')
    await page.getByLabel('种子用户').fill([...items.map(({ id }) => id), 'nobody'].join('\n'))
    await page.getByText('41 个 ID').waitFor()
    await page.getByRole('button', { name: '查找相似人群' }).click()
    await page.getByText('41 个种子用户中找到 40 个。', { exact: false }).waitFor()
    await page.getByRole('img', { name: '不同人群规模下，预留种子用户的召回率' }).waitFor()
    await page.getByLabel('人群包名称').fill('像他们的人')
    await page.getByRole('button', { name: '保存为人群包' }).click()
    await page.getByText('已保存为“像他们的人”').waitFor()
    await page.getByRole('button', { name: '刷新 像他们的人' }).click()
    await page.getByText('新增 0 个，移出 0 个', { exact: false }).waitFor()
    await page.getByRole('row', { name: '像他们的人' }).getByRole('button', { name: '导出' }).click()
    const lines = (await fileOf(page, 'JSON Lines', '像他们的人.jsonl')).trim().split('\n')
    const saved = (await sample.client.audiences()).items.find(({ name }) => name === '像他们的人')
    expect(lines).toHaveLength(saved!.size)
    await page.getByRole('button', { name: '删除 像他们的人' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
    await expect.poll(() => page.getByRole('row', { name: '像他们的人' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('reads seeds from a file, and starts from a segment', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    await page.goto('/lookalikes')
    await page
      .getByLabel('From a file (text or CSV)')
      .first()
      .setInputFiles({
        name: 'seeds.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('user,score\nuser-0001,3\nuser-0002,1\n'),
      })
    await page.getByText('2 ids').waitFor()
    await page.goto('/segments/s2')
    await page.getByRole('link', { name: 'Find look-alikes' }).click()
    await expect.poll(() => page.getByLabel('Known users').inputValue()).toMatch(/^user-\d+\nuser-/)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('makes segments from the page, and sees how far they are', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    await page.goto('/segments')
    await page.getByRole('button', { name: 'Make segments' }).click()
    await page.getByText('Exactly', { exact: true }).click()
    await page.getByRole('textbox', { name: 'How many' }).fill('4')
    await page.getByRole('button', { name: 'Start' }).click()
    await expect.poll(async () => (await sample.client.segments()).items.length, { timeout: 60_000 }).toBe(4)
    await expect.poll(() => page.locator('tbody tr a[href^="/segments/s"]').count()).toBe(4)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('shows a map while it is made', async () => {
    const { page, context, complaints } = await open(browser, sample.served.address)
    const running = { phase: 'layout', done: 30, of: 100 }
    await page.route('**/v1/maps', (route) =>
      route.fulfill({
        json: { items: [{ name: 'map-users', of: 'users', version: null, versions: [], running }] },
      }),
    )
    await page.route('**/v1/maps/map-users/points?running=true', async (route) =>
      route.fulfill({ response: await route.fetch({ url: route.request().url().split('?')[0] }) }),
    )
    await page.goto('/map')
    await page.getByText('The map is being made: laying out 30%').waitFor()
    const map = page.getByRole('application', { name: 'The map while it is made' })
    await map.waitFor()
    await expect.poll(async () => greyShare(page, await map.screenshot())).toBeGreaterThan(0.002)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('an empty service says what to do, and why it cannot do what is asked', async () => {
    const empty = await serve({
      workspace: join(folder, 'empty'),
      model: 'service',
      host: '127.0.0.1',
      port: 0,
    })
    const { page, context, complaints } = await open(browser, empty.address)
    try {
      await page.goto('/map')
      await page.getByRole('heading', { name: 'There is no map yet' }).waitFor()
      await page.getByRole('button', { name: 'Make a map' }).click()
      await page.getByRole('button', { name: 'Make the map' }).click()
      await page.getByText('failed', { exact: true }).waitFor()
      await page.getByText(/"service"/).waitFor()
      await page.goto('/segments')
      await page.getByRole('heading', { name: 'There are no segments yet' }).waitFor()
      await page.getByRole('button', { name: 'Make segments' }).click()
      await page.getByRole('button', { name: 'Start' }).click()
      await page.getByText('failed', { exact: true }).waitFor()
      await page.goto('/segments/changes')
      await page.getByRole('heading', { name: 'There is one version only' }).waitFor()
      await page.goto('/segments/s1')
      await page.getByRole('alert').waitFor()
      await page.goto('/lookalikes')
      await page.getByRole('heading', { name: 'No audience is saved yet' }).waitFor()
      await page.getByLabel('Known users').fill('somebody')
      await page.getByRole('button', { name: 'Find look-alikes' }).click()
      await page.getByRole('alert').waitFor()
      expect(complaints).toEqual([])
    } finally {
      await context.close()
      await empty.close()
    }
  })

  const paths = [
    '/map',
    '/map?of=items',
    '/segments',
    '/segments/s1',
    '/segments/compare',
    '/segments/changes',
    '/lookalikes',
    '/models',
  ]
  test.each([
    { language: 'en', colours: 'light', phone: false },
    { language: 'zh-CN', colours: 'dark', phone: false },
    { language: 'zh-CN', colours: 'light', phone: true },
    { language: 'en', colours: 'dark', phone: true },
  ] as const)('every page is fit for everybody: $language, $colours, phone: $phone', async (view) => {
    const { page, context, complaints } = await open(browser, sample.served.address, view)
    for (const path of paths) {
      await page.goto(path)
      await page.locator('h1').waitFor()
      await page.waitForLoadState('networkidle')
      expect([path, await seriousFindings(page)]).toEqual([path, []])
      expect([path, Math.max(0, await overflow(page))]).toEqual([path, 0])
      const name = path.slice(1).replaceAll(/[/?=]/g, '-')
      await picture(page, `${name}.${view.language}.${view.colours}${view.phone ? '.phone' : ''}`)
    }
    expect(complaints).toEqual([])
    await context.close()
  })
})
