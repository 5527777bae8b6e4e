import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

test('the company gets another time zone, and times are told in it', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/company' })
  await page.getByRole('textbox', { name: 'Name of the company' }).waitFor()
  await settled(page)
  await expectAccessible(page, 'the company')
  await screenshot(page, 'company')
  const told = page.getByText(/^There it is now/)
  const before = await told.innerText()
  const zone = page.getByRole('combobox', { name: 'Time zone' })
  await zone.fill('Auckland')
  await page.getByRole('option').first().click()
  expect(await told.innerText()).not.toBe(before)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').waitFor()
  const me = (await (await page.request.get('/api/me')).json()) as { company: { time_zone: string } }
  expect(me.company.time_zone).toBe('Pacific/Auckland')
})

test('whoever does not manage the settings finds nothing there', async () => {
  const page = await b.open({ as: 'mara', at: '/settings/company' })
  await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
})
