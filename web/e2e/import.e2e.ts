import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot } from './support/browser'

const b = bench()

const file = (text: string) => ({ name: 'leads.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })

test('a file is looked into, tried, mended and imported', { timeout: 120_000 }, async () => {
  const page = await b.open({ as: 'emil', at: '/records/leads' })
  await page.getByRole('link', { name: 'Import' }).click()
  await page.getByRole('heading', { level: 1, name: 'Import: Leads' }).waitFor()
  await expectAccessible(page, 'choosing a file')
  const input = page.locator('input[type="file"]')
  await input.setInputFiles(
    file('Name,Company,E-mail,Score\nAda Imported,Acme,ada@example.com,80\nBob Imported,Acme,bob@example.com,many\n'),
  )
  await page.getByRole('table', { name: 'What goes where' }).waitFor()
  expect(await page.getByRole('combobox', { name: 'Field for Company' }).inputValue()).toBe('Company')
  await expectAccessible(page, 'the mapping')
  await screenshot(page, 'import')
  const wrong = page.getByRole('table', { name: 'The file cannot be imported yet' })
  await wrong.getByRole('row', { name: /^3 Score/ }).waitFor() // told before anything is tried
  await page.getByRole('button', { name: 'Try without importing' }).click()
  await wrong.getByRole('row', { name: /^3 Score/ }).waitFor()
  await expectAccessible(page, 'what is wrong with the file')

  await page.getByRole('button', { name: 'Another file' }).click()
  await input.setInputFiles(
    file('Name,Company,E-mail,Score\nAda Imported,Acme,ada@example.com,80\nBob Imported,Acme,bob@example.com,70\n'),
  )
  await page.getByRole('button', { name: 'Try without importing' }).click()
  await page.getByText('This would work').waitFor()
  await page.getByRole('button', { name: 'Import 2 lines' }).click()
  await page.getByText('2 records created').waitFor()
  await expectAccessible(page, 'the report')
  await page.goto('/records/leads?q=Imported')
  await page.getByRole('link', { name: 'Ada Imported' }).waitFor()
  await page.getByText('2 records').waitFor()
})

test('a rep is not offered it, and finds nothing there', async () => {
  const page = await b.open({ as: 'mara', at: '/records/leads' })
  await page.locator('tr[data-row]').first().waitFor()
  expect(await page.getByRole('link', { name: 'Import' }).count()).toBe(0)
  await page.goto('/records/leads/import')
  await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
})
