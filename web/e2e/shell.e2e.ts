import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

test('the navigation lists what the person may view, and no more', async () => {
  const rep = await b.open({ as: 'mara' })
  await settled(rep)
  await rep.getByRole('link', { name: 'Leads' }).waitFor()
  const names = await rep.getByRole('navigation').getByRole('link').allInnerTexts()
  expect(names.slice(0, 5)).toEqual(['Home', 'Conversations', 'Search', 'Leads', 'Opportunities'])
})

test('records show hidden cells as hidden', async () => {
  const page = await b.open({ as: 'mara', at: '/records/accounts' })
  await settled(page)
  await expectAccessible(page, 'a collection')
  await screenshot(page, 'accounts')
  const answer = await page.request.post('/api/collections/accounts/query', { data: { limit: 50 } })
  const { records } = (await answer.json()) as { records: { id: string; name: string; _hidden?: string[] }[] }
  const partly = records.find(record => record._hidden?.includes('annual_revenue'))
  await page.goto(`/records/accounts?q=${encodeURIComponent(partly?.name ?? '')}`)
  await page.getByRole('link', { name: partly?.name, exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: partly?.name }).waitFor()
  await settled(page)
  expect(await page.getByText('Hidden').count()).toBeGreaterThan(0)
  await page.keyboard.press('Tab')
  await page.getByText('Hidden').first().focus()
  await page.getByRole('tooltip').waitFor()
  await expectAccessible(page, 'a record')
})

test('the command palette goes to a page, by keyboard alone', async () => {
  const page = await b.open({ as: 'mara' })
  await settled(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Commands' }).waitFor()
  await expectAccessible(page, 'the command palette')
  await page.keyboard.type('prod')
  await page.locator('[data-selected]', { hasText: 'Products' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Products' }).waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
})

test('the shortcuts are listed, and can be turned off', async () => {
  const page = await b.open({ as: 'mara', at: '/records/quotes' })
  await settled(page)
  await page.keyboard.type('?')
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await dialog.waitFor()
  await expectAccessible(page, 'the help for shortcuts')
  await dialog.getByRole('switch').click()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.keyboard.type('gh')
  await page.waitForTimeout(300)
  expect(new URL(page.url()).pathname).toBe('/records/quotes')
  await page.evaluate(() => localStorage.removeItem('remit-single-keys-off'))
  await page.keyboard.type('gh')
  await page.getByRole('heading', { level: 1, name: /, Mara$/ }).waitFor()
})

test('German, dark, and both remembered', async () => {
  const page = await b.open({ as: 'jonas' })
  await settled(page)
  await page.getByRole('button', { name: 'Account of Jonas Petrov' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click()
  await page.getByRole('link', { name: 'Verkaufschancen' }).first().waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'Verkaufschancen' }).first().waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  expect(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe('dark')
})

test('on a phone the navigation opens and shuts', async () => {
  const page = await b.open({ as: 'mara', viewport: { width: 390, height: 800 } })
  await settled(page)
  await expectAccessible(page, 'the home page on a phone')
  await screenshot(page, 'home-phone')
  await page.getByRole('button', { name: 'Open the navigation' }).click()
  await page.getByRole('link', { name: 'Leads' }).click()
  await page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor()
  await page.getByRole('button', { name: 'Open the navigation' }).waitFor()
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(sideways).toBeLessThanOrEqual(0)
})

test('what is not there, and what may not be seen, look the same', async () => {
  for (const at of ['/no/such/page', '/records/nothing', '/records/accounts/aaaaaaaaaaaaaaaaaaaaaaaaaa']) {
    const page = await b.open({ as: 'mara', at })
    await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
    await expectAccessible(page, at)
  }
})

test('a server that fails is told with its request id, and trying again helps', async () => {
  const page = await b.open({ as: 'mara', at: '/records/quotes' })
  await settled(page)
  const problem = { title: 'x', status: 500, detail: 'internal error', kind: 'internal', request_id: 'abc123' }
  await page.route('**/api/collections/leads/query', route => route.fulfill({ status: 500, json: problem }))
  await page.getByRole('link', { name: 'Leads' }).click()
  await page.getByText('name the request abc123').waitFor()
  await expectAccessible(page, 'an error')
  await page.unroute('**/api/collections/leads/query')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('table').waitFor()
})

test('the first page is quick and small', async () => {
  const page = await b.open({ as: 'mara' })
  await settled(page)
  const began = Date.now()
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  const took = Date.now() - began
  const scripts = await page.evaluate(() =>
    (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(entry => entry.name.endsWith('.js'))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
  )
  expect(scripts).toBeGreaterThan(0)
  expect(scripts / 1024).toBeLessThan(300)
  expect(took).toBeLessThan(3000)
})

test('viewing as somebody else says so, and ends', async () => {
  const page = await b.open({ as: 'emil' })
  await settled(page)
  const people = await page.request.post('/api/session/view-as', { data: { person: await idOf(page, 'Mara Okonkwo') } })
  expect(people.ok(), await people.text()).toBe(true)
  await page.goto('/')
  await page.getByText('You view as Mara Okonkwo.').waitFor()
  await settled(page)
  await expectAccessible(page, 'viewing as somebody else')
  await page.getByRole('button', { name: 'End the view' }).click()
  await page.getByRole('button', { name: 'Account of Emil' }).waitFor()
  expect(await page.getByText('You view as').count()).toBe(0)
})

async function idOf(page: Page, name: string): Promise<string | undefined> {
  const answer = await page.request.post('/api/collections/people/query', {
    data: { filter: { name }, fields: ['name'] },
  })
  return ((await answer.json()) as { records: { id: string }[] }).records[0]?.id
}
