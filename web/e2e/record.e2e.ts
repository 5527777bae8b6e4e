import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

type Record_ = { id: string; name: string; _version: string } & Record<string, unknown>

async function first(page: Page, collection: string, query: object): Promise<Record_> {
  const answer = await page.request.post(`/api/collections/${collection}/query`, {
    data: { limit: 1, versions: true, ...query },
  })
  return ((await answer.json()) as { records: Record_[] }).records[0] as Record_
}

async function me(page: Page): Promise<string> {
  return ((await (await page.request.get('/api/me')).json()) as { id: string }).id
}

test('a record with what belongs to it, a note logged, a field changed and told in the history', async () => {
  const page = await b.open({ as: 'mara', at: '/' })
  const account = await first(page, 'accounts', { filter: { owner_id: await me(page) } })
  await page.goto(`/records/accounts/${account.id}`)
  await page.getByRole('heading', { level: 1, name: account.name }).waitFor()
  await page.getByRole('table', { name: 'Contacts' }).waitFor()
  await settled(page)
  await expectAccessible(page, 'a record')
  await screenshot(page, 'account')
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).waitFor()
  expect(await page.getByRole('menuitem', { name: 'Delete' }).count(), 'a rep may not delete').toBe(0)
  await page.keyboard.press('Escape')

  await page.getByRole('textbox', { name: 'Text' }).fill('Met at the fair')
  await page.getByRole('button', { name: 'Log', exact: true }).click()
  await page.getByRole('link', { name: 'Met at the fair' }).waitFor()

  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('City').fill('Bergen')
  await expectAccessible(page, 'the form')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Mara Okonkwo changed').waitFor()
  await page.getByText('Bergen').first().waitFor()
})

test('a form holds to types, needs what it must have, and is not lost by accident', async () => {
  const page = await b.open({ as: 'mara', at: '/records/contacts/new' })
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Needs a value').waitFor()
  await page.waitForFunction(() => document.activeElement?.closest('[data-field="name"]'))
  await page.getByRole('textbox', { name: 'Name' }).fill('Ann Example')
  await page.getByRole('textbox', { name: 'E-mail' }).fill('not an address')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Must be an e-mail address').waitFor()
  await expectAccessible(page, 'the form with an error')
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor()
  await expectAccessible(page, 'the question before leaving')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ann@example.com')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name: 'Ann Example' }).waitFor()
})

test('two people change the same record: yours, theirs, field by field', async () => {
  const page = await b.open({ as: 'mara', at: '/' })
  const deal = await first(page, 'opportunities', {
    filter: { owner_id: await me(page), stage: 'proposal', source: { $ne: 'event' } },
  })
  await page.goto(`/records/opportunities/${deal.id}/edit`)
  await page.getByLabel('Next step').fill('Mine')
  await page.getByLabel('Probability').fill('42')

  const other = await b.open({ as: 'tomasz', at: '/' })
  const answer = await other.request.patch(`/api/collections/opportunities/records/${deal.id}`, {
    data: {
      values: { next_step: 'Theirs', source: 'event' },
      version: (await first(other, 'opportunities', { filter: { id: deal.id } }))._version,
    },
    headers: { Origin: b.server.url },
  })
  expect(answer.status()).toBe(200)

  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Somebody else has changed this in the meantime' })
  await dialog.waitFor()
  await dialog.getByText('Theirs', { exact: true }).waitFor()
  await dialog.getByText('Event').waitFor()
  await expectAccessible(page, 'the comparison')
  await screenshot(page, 'conflict')
  await dialog.getByRole('radio', { name: 'Keep their Next step' }).click()
  await dialog.getByRole('button', { name: 'Save so' }).click()
  await page.getByRole('heading', { level: 1, name: deal.name }).waitFor()
  const now = await first(page, 'opportunities', { filter: { id: deal.id } })
  expect([now.next_step, now.probability, now.source]).toEqual(['Theirs', 42, 'event'])
})

test('duplicated and deleted, by whoever may', async () => {
  const page = await b.open({ as: 'emil', at: '/' })
  const lead = await first(page, 'leads', {})
  await page.goto(`/records/leads/${lead.id}`)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name: `${lead.name} (copy)` }).waitFor()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByText('lose the reference').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Deleted').waitFor()
  await page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor()
})

test('a card moves by keyboard, by its menu and with the mouse, and can be taken back', {
  timeout: 120_000,
}, async () => {
  const page = await b.open({ as: 'mara', at: '/records/opportunities?as=board&q=Service' })
  const column = (name: string) => page.locator(`[data-column="${name}"]`)
  const card = column('prospecting').locator('[data-card]').first()
  await card.waitFor()
  await settled(page)
  await expectAccessible(page, 'the board')
  await screenshot(page, 'board')
  const id = await card.getAttribute('data-card')
  const moved = (name: string) => column(name).locator(`[data-card="${id}"]`)
  await card.getByRole('link').first().focus()
  await page.keyboard.press('Shift+ArrowRight')
  await moved('engaging').waitFor()
  await page.waitForFunction(c => document.activeElement?.closest('[data-card]')?.getAttribute('data-card') === c, id)
  await page.getByRole('button', { name: 'Undo' }).click()
  await moved('prospecting').waitFor()
  await moved('prospecting').getByRole('button', { name: /^Move/ }).click()
  await page.getByRole('menuitem', { name: 'Proposal' }).click()
  await moved('proposal').and(page.locator(':not([data-busy])')).waitFor()
  await moved('proposal').dragTo(column('negotiation'))
  await moved('negotiation').and(page.locator(':not([data-busy])')).waitFor()
  const stage = await first(page, 'opportunities', { filter: { id } })
  expect(stage.stage).toBe('negotiation')
})

test('a card that was changed meanwhile stays, and says why', { timeout: 120_000 }, async () => {
  const page = await b.open({ as: 'mara', at: '/records/opportunities?as=board&q=Service' })
  const card = page.locator('[data-column="engaging"] [data-card]').first()
  await card.waitFor()
  const id = (await card.getAttribute('data-card')) ?? ''
  const { _version } = await first(page, 'opportunities', { filter: { id } })
  await page.request.patch(`/api/collections/opportunities/records/${id}`, {
    data: { values: { next_step: `At ${Date.now()}` }, version: _version },
    headers: { Origin: b.server.url },
  })
  await card.getByRole('link').first().focus()
  await page.keyboard.press('Shift+ArrowRight')
  await page.getByText('somebody else has changed it').waitFor()
  await page.locator(`[data-column="engaging"] [data-card="${id}"]`).waitFor()
  await expectAccessible(page, 'a refused move')
})

test('activities by day, ticked off, and as a list', { timeout: 120_000 }, async () => {
  const page = await b.open({ as: 'mara', at: '/records/activities?as=calendar' })
  await page.getByRole('table', { name: 'Calendar' }).waitFor()
  await settled(page)
  await expectAccessible(page, 'the calendar')
  await screenshot(page, 'calendar')
  await page.getByText('List', { exact: true }).click()
  const open = page.getByRole('checkbox', { name: /^Mark .* as done$/ }).first()
  await open.waitFor()
  const before = await page.getByRole('checkbox', { name: /as done$/ }).count()
  await open.click()
  await page.waitForFunction(n => document.querySelectorAll('input[aria-label$="as done"]').length === n - 1, before)
  await expectAccessible(page, 'the list of activities')
  await page.getByText('Calendar', { exact: true }).click()
  await page
    .getByRole('link', { name: /^Add on/ })
    .nth(10)
    .click()
  await page.getByRole('heading', { level: 1, name: /^New/ }).waitFor()
  expect(await page.getByLabel('Due', { exact: true }).inputValue()).toMatch(/^\d{4}-\d\d-\d\d/)
})

test('on a phone', async () => {
  const page = await b.open({
    as: 'mara',
    at: '/records/opportunities?as=board&q=Service',
    viewport: { width: 390, height: 800 },
  })
  await page.locator('[data-card]').first().waitFor()
  const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(await sideways()).toBeLessThanOrEqual(0)
  await page.locator('[data-card] a').first().click()
  await page.getByRole('heading', { level: 2, name: 'Details' }).waitFor()
  await settled(page)
  expect(await sideways()).toBeLessThanOrEqual(0)
  await expectAccessible(page, 'a record on a phone')
})
