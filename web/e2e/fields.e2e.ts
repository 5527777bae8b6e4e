import { test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

test('a field’s tag is changed, after its review, and AI gets to know it', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/fields?collection=opportunities' })
  await settled(page)
  await page.getByRole('button', { name: 'Review: Phone of Accounts' }).waitFor()
  await expectAccessible(page, 'the fields')
  await screenshot(page, 'fields')
  await page.getByRole('combobox', { name: 'Sensitivity of Discount' }).click()
  await page.getByRole('option', { name: 'Internal' }).click()
  const dialog = page.getByRole('dialog', { name: 'Review the change to Discount' })
  await dialog.getByText('gains Discount').first().waitFor()
  await expectAccessible(page, 'the review of a tag')
  await screenshot(page, 'fields-review')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved. It holds from now on.').waitFor()
  // Tagged lower than its name suggests, it is among the suggestions now.
  await page.getByRole('button', { name: 'Review: Discount of Opportunities' }).waitFor()
}, 120_000)
