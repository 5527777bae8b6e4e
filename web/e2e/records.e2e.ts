import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

type Answer = { records: Record<string, unknown>[]; total?: number }

/** What the API tells the person of the page, for comparing. */
async function ask(page: Page, collection: string, query: object): Promise<Answer> {
  const answer = await page.request.post(`/api/collections/${collection}/query`, { data: query })
  return (await answer.json()) as Answer
}

const rows = (page: Page) => page.locator('tbody tr[data-row]')
const table = (page: Page) => page.getByRole('table')

test('a rep sees own deals, the manager the team', async () => {
  const rep = await b.open({ as: 'mara', at: '/records/opportunities' })
  await rows(rep).first().waitFor()
  await settled(rep)
  const mine = await ask(rep, 'opportunities', { limit: 1, total: true })
  await rep.getByText(`${mine.total} records`).waitFor()
  const owners = await rep.locator('tbody tr[data-row] td:last-child').allInnerTexts()
  expect(new Set(owners.map(text => text.trim()))).toEqual(new Set(['Mara Okonkwo']))
  expect(await rep.getByRole('button', { name: 'Export' }).count(), 'a rep may not export').toBe(0)
  await expectAccessible(rep, 'the table')
  await screenshot(rep, 'opportunities')

  const manager = await b.open({ as: 'tomasz', at: '/records/opportunities?sort=owner_id' })
  await rows(manager).first().waitFor()
  const team = await ask(manager, 'opportunities', { limit: 1, total: true })
  expect(team.total).toBeGreaterThan(mine.total ?? 0)
  await manager.getByText(`${team.total} records`).waitFor()
  const [download] = await Promise.all([
    manager.waitForEvent('download'),
    (async () => {
      await manager.getByRole('button', { name: 'Export' }).click()
      await manager.getByRole('menuitem', { name: /CSV/ }).click()
    })(),
  ])
  expect(download.suggestedFilename()).toBe('opportunities.csv')
})

test('thousands of rows are few in the document, and all can be reached', async () => {
  const page = await b.open({ as: 'ingrid', at: '/records/activities' })
  await rows(page).first().waitFor()
  const { total } = await ask(page, 'activities', { limit: 1, total: true })
  expect(total).toBeGreaterThan(1000)
  const scroller = page.getByRole('region', { name: 'Activities' })
  for (let i = 0; i < 40; i++) {
    await scroller.evaluate(element => element.scrollTo(0, element.scrollHeight))
    await page.waitForTimeout(150)
    const last = Number(await rows(page).last().getAttribute('aria-rowindex'))
    if (last === (total ?? 0) + 1) break
  }
  expect(Number(await rows(page).last().getAttribute('aria-rowindex'))).toBe((total ?? 0) + 1)
  expect(await rows(page).count()).toBeLessThan(60)
})

test('hidden cells say so', async () => {
  const page = await b.open({ as: 'mara', at: '/records/accounts?columns=name,annual_revenue' })
  await rows(page).first().waitFor()
  const { records } = await ask(page, 'accounts', { limit: 100, fields: ['name', 'annual_revenue'], sort: ['name'] })
  const hidden = records.filter(record => (record._hidden as string[] | undefined)?.includes('annual_revenue'))
  expect(hidden.length).toBeGreaterThan(0)
  await page.getByLabel('Find by name').fill(String(hidden[0]?.name))
  await page.getByRole('row', { name: new RegExp(`${hidden[0]?.name}.*Hidden`) }).waitFor()
})

test('filtering, sorting and columns are in the address and survive a reload', async () => {
  const page = await b.open({ as: 'mara', at: '/records/opportunities' })
  await rows(page).first().waitFor()
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('button', { name: 'Add a condition' }).click()
  await page.getByRole('combobox', { name: 'Value' }).click()
  await page.getByRole('option', { name: 'Proposal' }).click()
  await expectAccessible(page, 'the filter builder')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /Stage is any of\s+Proposal/ }).waitFor()
  await page.getByRole('button', { name: 'Amount' }).click()
  await page.getByRole('columnheader', { name: 'Amount' }).and(page.locator('[aria-sort="ascending"]')).waitFor()
  await page.getByRole('button', { name: 'Amount' }).click()
  await page.getByRole('columnheader', { name: 'Amount' }).and(page.locator('[aria-sort="descending"]')).waitFor()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Next step' }).click()
  await page.keyboard.press('Escape')
  const { total } = await ask(page, 'opportunities', { filter: { stage: 'proposal' }, limit: 1, total: true })
  await page.getByText(`${total} records`).waitFor()
  await page.reload()
  await page.getByText(`${total} records`).waitFor()
  await page.getByRole('columnheader', { name: 'Next step' }).waitFor()
  await rows(page).first().waitFor()
  const stages = await rows(page).getByText('Proposal', { exact: true }).count()
  expect(stages).toBe(await rows(page).count())
  await page.locator('[aria-sort="descending"]').waitFor()
  const expected = await ask(page, 'opportunities', { filter: { stage: 'proposal' }, sort: ['-amount'], limit: 1 })
  await rows(page)
    .first()
    .getByRole('link', { name: String(expected.records[0]?.name) })
    .waitFor()
})

test('a view is saved, found by others where shared, changed and deleted', async () => {
  const page = await b.open({ as: 'tomasz', at: '/records/leads?filter={"stage":{"$in":["new"]}}' })
  await rows(page).first().waitFor()
  await page.getByText('Unsaved changes').waitFor()
  await page.getByRole('button', { name: 'Save as a new view' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Fresh leads')
  await expectAccessible(page, 'the dialog for a view')
  await page.getByRole('combobox', { name: 'Shared with' }).click()
  await page.getByRole('option', { name: 'Everyone' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: 'View: Fresh leads' }).waitFor()
  await page.getByText('Unsaved changes').waitFor({ state: 'hidden' })

  const rep = await b.open({ as: 'mara', at: '/records/leads' })
  await rows(rep).first().waitFor()
  await rep.getByRole('button', { name: 'View: All records' }).click()
  await expectAccessible(rep, 'the menu of views')
  await rep.getByRole('menuitem', { name: /Fresh leads/ }).click()
  const { total } = await ask(rep, 'leads', { filter: { stage: 'new' }, limit: 1, total: true })
  await rep.getByText(new RegExp(`^${total} records?$`)).waitFor()

  await page.getByRole('button', { name: 'View: Fresh leads' }).click()
  await page.getByRole('menuitem', { name: 'Delete the view' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('button', { name: 'View: All records' }).waitFor()
})

test('rows by keyboard: next, tick, open', async () => {
  const page = await b.open({ as: 'mara', at: '/records/accounts' })
  await rows(page).first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  const name = await rows(page).nth(1).getByRole('link').first().innerText()
  await page.waitForFunction(text => document.activeElement?.textContent === text, name)
  await page.keyboard.press('x')
  await page.getByText('1 selected').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name }).waitFor()
})

test('many at once: selected with Shift, changed together or not at all', async () => {
  const page = await b.open({ as: 'emil', at: '/records/leads' })
  await rows(page).first().waitFor()
  await rows(page).nth(0).getByRole('checkbox').click()
  await rows(page)
    .nth(3)
    .getByRole('checkbox')
    .click({ modifiers: ['Shift'] })
  await page.getByText('4 selected').waitFor()
  await expectAccessible(page, 'the bar for selected records')
  await page.getByRole('button', { name: 'Set a field' }).click()
  await page.getByRole('combobox', { name: 'Field' }).click()
  await page.getByRole('option', { name: 'Score' }).click()
  await page.getByLabel('Score').fill('77')
  await expectAccessible(page, 'the dialog that sets a field')
  await page.getByRole('button', { name: 'Change 4 records' }).click()
  await page.getByText('4 records changed').waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog', { name: 'Delete 4 records?' }).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('4 records deleted').waitFor()
})

test('nothing found, and a phone', async () => {
  const page = await b.open({ as: 'mara', at: '/records/accounts?q=zzzz', viewport: { width: 390, height: 800 } })
  await page.getByText('Nothing matches').waitFor()
  await expectAccessible(page, 'nothing found')
  await page.getByRole('button', { name: 'Clear the filter' }).last().click()
  await table(page).waitFor()
  await expectAccessible(page, 'the table on a phone')
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})
