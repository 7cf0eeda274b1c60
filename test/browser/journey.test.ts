/**
 * From an empty service to an audience that is taken away: a CSV dropped, mapped, imported, trained on, compared, rolled back, answers looked
 * into, users grouped, their like found and exported.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from '../../src/client/index.ts'
import { serve, type Served } from '../../src/server/serve.ts'
import { fileOf, noBrowser, open, overflow, picture, seriousFindings, startBrowser } from './browser.ts'
import { textsOf } from './texts.ts'

/** Customers like the even or the odd products, all but the one of their own number. Columns are named as a shop would. */
const USERS = 40
const rows = Array.from({ length: USERS * USERS }, (_, n) => [Math.floor(n / USERS), n % USERS] as const)
  .filter(([u, i]) => u !== i && (u + i) % 2 === 0)
  .map(([u, i], n) => {
    const day = new Date(Date.UTC(2024, 0, 1 + (n % 60))).toISOString().slice(0, 10)
    return `c${u};p${i};${n % 5 === 0 ? 'buy' : 'view'};${day}`
  })
const csv = ['shopper;thing;what;on', ...rows].join('\n')
const items = [
  'id,colour,price,tags',
  ...Array.from({ length: USERS }, (_, i) => `p${i},${i % 2 === 0 ? 'red' : 'blue'},${i},a|b`),
].join('\n')

/** As somebody drops a file from their desktop. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const { DataTransfer, File } = globalThis as unknown as {
        DataTransfer: new () => { items: { add(file: unknown): void } }
        File: new (parts: string[], name: string) => unknown
      }
      const transfer = new DataTransfer()
      transfer.items.add(new File([text], name))
      return transfer
    },
    [name, text] as const,
  )
  await page.getByTestId('drop').dispatchEvent('drop', { dataTransfer: data })
}

describe.skipIf(noBrowser !== null).each(['en', 'zh-CN'] as const)('the journey in %s', (language) => {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-journey-'))
  const t = textsOf(language)
  let browser: Browser
  let served: Served
  let client: Client
  let page: Page
  let complaints: string[]
  beforeAll(async () => {
    browser = await startBrowser()
    served = await serve({ workspace: folder, model: 'service', host: '127.0.0.1', port: 0 })
    client = new Client({ url: served.address })
    ;({ page, complaints } = await open(browser, served.address, { language }))
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const choose = async (label: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: label }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }

  test('an empty overview leads to the import of a dropped file, which is mapped and stored', async () => {
    await page.goto('/')
    await page.getByRole('link', { name: t('overview.start.import') }).click()
    await drop(page, 'log.csv', csv)
    await page.getByRole('heading', { name: 'log.csv' }).waitFor()
    // What it cannot guess it asks for.
    await page.getByText(t('import.kinds.events'), { exact: true }).click()
    await page.getByText(t('import.map.lead.events')).waitFor()
    const missing = new Intl.ListFormat(language).format([t('import.fields.user'), t('import.fields.item')])
    await page.getByText(t('import.missing', { fields: missing })).waitFor()
    const send = page.getByRole('button', { name: t('import.import'), exact: true })
    expect(await send.isDisabled()).toBe(true)
    await choose(t('import.fields.user'), 'shopper')
    await choose(t('import.fields.item'), 'thing')
    await choose(t('import.fields.type'), 'what')
    await choose(t('import.fields.time'), 'on')
    await page.getByRole('button', { name: t('import.check') }).click()
    await page.getByText(t('import.checked_other', { count: rows.length, rejected: 0 })).waitFor()
    expect((await client.overview()).data.events).toBe(0)
    await send.click()
    const number = new Intl.NumberFormat(language).format(rows.length)
    await page.getByText(t('import.done.stored.events_other', { number })).waitFor()
    await expect.poll(async () => (await client.overview()).data.events).toBe(rows.length)
    expect((await client.overview()).data.types).toEqual(['buy', 'view'])
  })

  test('attributes of items come from a file of their own, as what they are', async () => {
    await page.getByRole('button', { name: t('import.file.another') }).click()
    await drop(page, 'items.csv', items)
    await page.getByText(t('import.kinds.items'), { exact: true }).click()
    await page.getByText(t('import.map.lead.items')).waitFor()
    await choose(t('import.attributes.type', { name: 'tags' }), t('import.types.list'))
    await page.getByRole('button', { name: t('import.import'), exact: true }).click()
    await page.getByText(t('import.done.stored.items_other', { number: USERS })).waitFor()
    expect((await client.item('p7')).attributes).toEqual({ colour: 'blue', price: 7, tags: ['a', 'b'] })
  })

  test('a broken row is named, and nothing is stored', async () => {
    await page.getByRole('button', { name: t('import.file.another') }).click()
    await drop(page, 'broken.csv', 'user,item,time\nann,lamp,2024-01-01\nbob,desk,yesterday\n')
    await page.getByRole('button', { name: t('import.import'), exact: true }).click()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('line 3')
    expect((await client.search('users', 'ann')).items).toEqual([])
  })

  test('a model is trained from the form, and its curve is drawn', async () => {
    await page.goto('/jobs?new=train')
    await choose(t('jobs.fields.method'), 'MF-BPR')
    await page.getByText(t('jobs.form.more')).click()
    await page.getByLabel(t('jobs.fields.epochs')).fill('30')
    await page.getByLabel(t('jobs.fields.test')).fill('0.2')
    await page.getByRole('button', { name: t('jobs.form.start') }).click()
    await page.getByText(t('jobs.form.started')).waitFor()
    await expect
      .poll(async () => (await client.jobs()).items[0].status, { timeout: 60_000, interval: 500 })
      .toBe('done')
    const [job] = (await client.jobs()).items
    expect(job.config).toMatchObject({ method: 'mf-bpr', config: { epochs: 30 }, test: 0.2 })
    await page.goto('/models')
    await page
      .getByRole('img', { name: t('models.curves.description', { unit: t('models.curves.epochs') }) })
      .waitFor()
    await page.getByText(t('models.versions.inService'), { exact: true }).waitFor()
  })

  test('two versions are compared, and the one before comes back only when that is confirmed', async () => {
    await client.waitForJob((await client.createJob({ kind: 'train', method: 'item-knn' })).id)
    await served.service.lookAgain()
    await page.goto('/models')
    await page.getByRole('checkbox', { name: '2 · item-knn' }).waitFor()
    await page.getByRole('button', { name: t('models.compare.start'), exact: true }).click()
    await page.getByText(t('models.compare.baseline'), { exact: true }).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: t('models.versions.rollBack', { version: 1 }) }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: t('common.cancel') }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect((await client.models()).inService).toBe(2)
    await page.getByRole('button', { name: t('models.versions.rollBack', { version: 1 }) }).click()
    await dialog.getByRole('button', { name: t('models.confirm.promote.do') }).click()
    await expect.poll(async () => (await client.models()).inService).toBe(1)
    await page.getByRole('button', { name: t('models.versions.promoteThis', { version: 2 }) }).waitFor()
    await client.rollback(2)
  })

  test('a user is found, and told what would be shown, why, and why not', async () => {
    await page.goto('/explorer')
    await page.getByRole('combobox', { name: t('explorer.user.label') }).fill('c1')
    await page.getByRole('option', { name: 'c12', exact: true }).click()
    await page.waitForURL('**/explorer/c12')
    const answer = page.getByRole('region', { name: t('explorer.answer.title') })
    await expect.poll(() => answer.locator('li').first().textContent()).toContain('p12')
    expect(await answer.locator('li').first().textContent()).toContain('18 ')
    await page.getByTestId('graph').waitFor()
    // A filter: only blue things, which are the odd ones.
    await choose(t('explorer.filter.add'), 'colour')
    await choose('colour', 'blue')
    await expect.poll(() => answer.locator('li').first().textContent()).toMatch(/p\d*[13579]/)
    await answer.getByText(t('explorer.answer.gone')).waitFor()
    const whyNot = page.getByRole('combobox', { name: t('explorer.whyNot.item') })
    await whyNot.fill('p12')
    await whyNot.press('Enter')
    await page.getByText(t('explorer.whyNot.codes.filter')).waitFor()
    // Looking is not showing.
    expect((await client.onlineReport()).items).toEqual([])
  })

  test('work can be scheduled, and work that waits can be cancelled', async () => {
    await page.goto('/jobs')
    await page.getByRole('button', { name: t('jobs.schedule.instead') }).click()
    await page.getByLabel(t('jobs.schedule.name')).fill('nightly')
    await page.getByRole('button', { name: t('jobs.schedule.save') }).click()
    await expect.poll(async () => (await client.schedules()).items.map(({ id }) => id)).toEqual(['nightly'])
    await page.getByRole('button', { name: t('jobs.schedule.removeThis', { id: 'nightly' }) }).click()
    await expect.poll(async () => (await client.schedules()).items).toEqual([])
    const long = { kind: 'train', method: 'mf-bpr', config: { epochs: 1_000_000 } } as const
    const { id } = await client.createJob(long)
    await page.getByRole('button', { name: t('jobs.list.cancel'), exact: true }).click()
    await expect.poll(async () => (await client.job(id)).status).toBe('cancelled')
  })

  test('users are grouped by what the model learned: the even and the odd', async () => {
    // The version with vectors.
    await client.rollback(1)
    await page.goto('/segments')
    await page
      .getByRole('button', { name: t('segments.build.title') })
      .first()
      .click()
    await page.getByText(t('segments.build.given'), { exact: true }).click()
    await page.getByRole('textbox', { name: t('segments.build.clusters') }).fill('2')
    await page.getByRole('button', { name: t('segments.build.start'), exact: true }).click()
    await page.locator('tbody tr a[href^="/segments/s"]').nth(1).waitFor({ timeout: 60_000 })
    const { items } = await client.segments()
    expect(items.map(({ size }) => size)).toEqual([USERS / 2, USERS / 2])
    for (const { id } of items) {
      const members = await client.segmentMembers(id, { limit: USERS })
      expect(new Set(members.items.map((member) => Number(member.id.slice(1)) % 2)).size).toBe(1)
    }
  })

  test('from a few of them their like are found, kept as an audience, and taken away as a file', async () => {
    await page.goto('/lookalikes')
    const seeds = ['c0', 'c4', 'c8', 'c12', 'c16', 'c20']
    await page.getByLabel(t('lookalikes.seeds.label')).fill(seeds.join('\n'))
    await page.getByText(t('lookalikes.size.number'), { exact: true }).click()
    await page.getByRole('textbox', { name: t('lookalikes.size.count') }).fill('14')
    await page.getByRole('button', { name: t('lookalikes.search') }).click()
    await page.getByRole('img', { name: t('lookalikes.curve.label') }).waitFor()
    await page.getByLabel(t('lookalikes.save.name')).fill('evens')
    await page.getByRole('button', { name: t('lookalikes.save.save') }).click()
    await page
      .getByRole('row', { name: 'evens' })
      .getByRole('button', { name: t('common.export'), exact: false })
      .click()
    const lines = (await fileOf(page, 'CSV', 'evens.csv')).trim().split('\n')
    const ids = lines.slice(1).map((line) => line.split(',')[0])
    expect(ids.toSorted()).toEqual(
      Array.from({ length: USERS / 2 }, (_, k) => `c${2 * k}`)
        .filter((id) => !seeds.includes(id))
        .toSorted(),
    )
  })

  test('the overview tells of it all', async () => {
    await client.recommend('c3')
    await page.goto('/')
    await page.getByText('mf-bpr', { exact: true }).waitFor()
    await page.getByText(t('overview.answers.rungs.trained')).waitFor()
    expect(complaints).toEqual([])
  })

  const paths = ['/', '/import', '/explorer', '/explorer/c12', '/models', '/jobs', '/segments', '/lookalikes']
  // Between the two languages, every width in every colour.
  test.each([
    { colours: language === 'en' ? 'light' : 'dark', phone: false },
    { colours: language === 'en' ? 'dark' : 'light', phone: true },
  ] as const)('every page is fit for everybody: $colours, phone: $phone', async (view) => {
    const { page, context, complaints } = await open(browser, served.address, { language, ...view })
    for (const path of paths) {
      await page.goto(path)
      await page.locator('h1').waitFor()
      await page.waitForTimeout(1200)
      await picture(
        page,
        `${path.replaceAll('/', '_')}-${language}-${view.colours}${view.phone ? '-phone' : ''}`,
      )
      expect([path, await seriousFindings(page)]).toEqual([path, []])
      expect([path, (await overflow(page)) > 0]).toEqual([path, false])
    }
    expect(complaints).toEqual([])
    await context.close()
  })
})
