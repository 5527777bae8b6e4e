import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { bench, expectAccessible, settled } from './support/browser'

// States of screens that no story passes through. The stories in the other files look at the rest.
const b = bench(undefined, { keepSessions: true })

type State = [name: string, at: string, reach: (page: Page) => Promise<unknown>]

const press = (name: string | RegExp) => async (page: Page) => page.getByRole('button', { name }).first().click()
const dialog = (page: Page) => page.getByRole('dialog').first().waitFor()
const problem = { title: 'x', status: 500, detail: 'internal error', kind: 'internal', request_id: 'abc123' }

/** Lets a request wait until the state is looked at: what stands there meanwhile. */
async function loading(page: Page, url: string, name: string): Promise<void> {
  await page.route(url, () => {}, { times: 1 })
  await link(page, name)
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.locator('[aria-busy="true"]').first().waitFor()
}

async function failing(page: Page, url: string | RegExp, go: () => Promise<unknown>): Promise<void> {
  await page.route(url, route => route.fulfill({ status: 500, json: problem }))
  await go()
  await page.getByText('name the request abc123').first().waitFor()
}

const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click()
const firstRow = (page: Page) => page.locator('tbody tr[data-row]').first()

const records: State[] = [
  ['a table that is loading', '/', page => loading(page, '**/leads/query', 'Leads')],
  ['a home page that fails', '/search', page => failing(page, '**/query', () => link(page, 'Home'))],
  [
    'a record that is loading',
    '/records/leads',
    async page => {
      await firstRow(page).waitFor()
      await page.route('**/leads/query', () => {}, { times: 1 })
      await firstRow(page).getByRole('link').first().click()
      await page.getByRole('heading', { level: 1, name: 'Loading' }).waitFor()
    },
  ],
  [
    'a record that fails',
    '/records/leads',
    async page => {
      await firstRow(page).waitFor()
      await failing(page, /leads\/query/, () => firstRow(page).getByRole('link').first().click())
    },
  ],
  ['the menu of columns', '/records/leads', page => press('Columns')(page)],
  [
    'the menu for exports',
    '/records/leads',
    async page => {
      await press('Export')(page)
      await page.getByRole('menuitem').first().waitFor()
    },
  ],
  [
    'deleting many',
    '/records/leads',
    async page => {
      await firstRow(page).getByRole('checkbox').click()
      await page.getByRole('button', { name: 'Delete', exact: true }).click()
      await dialog(page)
    },
  ],
  [
    'the menu of a card',
    '/records/opportunities?as=board&q=Service',
    async page => {
      await page.getByRole('button', { name: /^Move/ }).first().click()
      await page.getByRole('menuitem').first().waitFor()
    },
  ],
  [
    'the actions of a record',
    '/records/leads',
    async page => {
      await firstRow(page).getByRole('link').first().click()
      await page.getByRole('button', { name: 'More actions' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
    },
  ],
  [
    'deleting a record',
    '/records/leads',
    async page => {
      await firstRow(page).getByRole('link').first().click()
      await page.getByRole('button', { name: 'More actions' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await dialog(page)
    },
  ],
  [
    'choosing a related record',
    '/records/contacts/new',
    async page => {
      await page.getByRole('combobox', { name: 'Account' }).click()
      await page.getByRole('option').first().waitFor()
    },
  ],
]

const assistant: State[] = [
  [
    'the tasks of a page',
    '/records/opportunities',
    async page => {
      await press('AI tasks')(page)
      await page.getByRole('menuitem').first().waitFor()
    },
  ],
  [
    'the choice of an AI employee',
    '/',
    async page => {
      await page.keyboard.press('Control+j')
      await page.getByRole('combobox', { name: 'AI employee' }).click()
      await page.getByRole('option').first().waitFor()
    },
  ],
  [
    'earlier conversations, none yet',
    '/',
    async page => {
      await press('Earlier conversations')(page)
      await page.getByText('There are no conversations yet').waitFor()
    },
  ],
  [
    'earlier conversations',
    '/',
    async page => {
      const made = await page.request.post('/api/conversations', { data: { employee: 'viz' } })
      expect(made.ok()).toBe(true)
      await press('Earlier conversations')(page)
      await page.getByText('Without a title').first().waitFor()
    },
  ],
  [
    'what may be done with a conversation',
    '/conversations',
    async page => {
      await link(page, 'Without a title')
      await press('More actions')(page)
      await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
    },
  ],
  [
    'renaming a conversation',
    '/conversations',
    async page => {
      await link(page, 'Without a title')
      await press('More actions')(page)
      await page.getByRole('menuitem', { name: 'Rename' }).click()
      await dialog(page)
    },
  ],
  [
    'deleting a conversation',
    '/conversations',
    async page => {
      await link(page, 'Without a title')
      await press('More actions')(page)
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await dialog(page)
    },
  ],
]

const settings: State[] = [
  ['nothing to explain yet', '/settings/explain', page => page.getByText('Choose a person').waitFor()],
  ['users that fail', '/', page => failing(page, '**/api/people?*', () => link(page, 'Users'))],
  ['users that are loading', '/', page => loading(page, '**/api/people?*', 'Users')],
  [
    'a new AI employee',
    '/settings/employees',
    async page => {
      await press('New AI employee')(page)
      await dialog(page)
    },
  ],
  [
    'the model of an AI employee',
    '/settings/employees/viz',
    page => page.getByRole('tab', { name: 'Model settings' }).click(),
  ],
  [
    'deleting an AI employee',
    '/settings/employees/viz',
    async page => {
      await press('Delete')(page)
      await dialog(page)
    },
  ],
  [
    'changing a department',
    '/settings/departments',
    async page => {
      await press('Actions for Legal')(page)
      await page.getByRole('menuitem', { name: 'Rename or move' }).click()
      await dialog(page)
    },
  ],
  [
    'the menu of a department',
    '/settings/departments',
    async page => {
      await press('Actions for Legal')(page)
      await page.getByRole('menuitem', { name: 'Rename or move' }).waitFor()
    },
  ],
  [
    'reviewing a suggestion',
    '/settings/fields?collection=accounts',
    async page => {
      await press('Review: Phone of Accounts')(page)
      await page.getByText('people looked at').waitFor()
    },
  ],
  ['the choice of a currency', '/settings/company', page => page.getByRole('combobox', { name: 'Currency' }).click()],
  [
    'unsaved changes on leaving',
    '/settings/roles?role=finance&tab=employees',
    async page => {
      await page.getByRole('checkbox', { name: 'Scout available' }).check()
      await link(page, 'Home')
      await dialog(page)
    },
  ],
]

const areas: Record<string, { as: string; states: State[] }> = {
  records: { as: 'emil', states: records },
  assistant: { as: 'samir', states: assistant },
  settings: { as: 'emil', states: settings },
}

/** What opened over a page that is looked at elsewhere. */
const over = '#overlays'

describe.each(Object.entries(areas))('%s', (_, { as, states }) => {
  test('each state is accessible', { timeout: 180_000 }, async () => {
    const page = await b.open({ as, at: '/sign-in' })
    for (const [name, at, reach] of states) {
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      await page.goto(at)
      await settled(page)
      await reach(page)
      const opened = await page.locator(over).locator('[role=dialog],[role=menu],[role=listbox]').count()
      await expectAccessible(page, name, opened > 0 ? over : undefined)
    }
  })
})
