import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

test('records are found from the top bar, gone through by keyboard, and the address keeps the search', async () => {
  const page = await b.open({ as: 'ingrid' })
  await settled(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Commands' }).waitFor()
  await page.keyboard.type('alder')
  await page.locator('[data-selected]', { hasText: 'Search the records' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor()
  await page.locator('[data-hit]').first().waitFor()
  expect(page.url()).toContain('q=alder')
  expect(await page.locator('[data-hit] mark').first().innerText()).toMatch(/alder/i)
  await expectAccessible(page, 'what was found')
  await screenshot(page, 'search')
  await page.getByLabel('Search the records').press('ArrowDown')
  const first = await page.evaluate(() => document.activeElement?.getAttribute('href'))
  expect(first).toMatch(/^\/records\//)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**${first}`)
  await page.goBack()
  await page.locator('[data-hit]').first().waitFor()
})

test('too short, nothing found, nothing typed', async () => {
  const page = await b.open({ as: 'mara', at: '/search' })
  await page.getByText('Search everything that you may see').waitFor()
  await expectAccessible(page, 'an empty search')
  await page.getByLabel('Search the records').fill('x')
  await page.getByText('Type at least 2 characters').waitFor()
  await page.getByLabel('Search the records').fill('<img src=x onerror=alert(1)>')
  await page.getByText('Nothing holds “<img src=x onerror=alert(1)>”').waitFor()
  await expectAccessible(page, 'nothing found')
})
