import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

type Me = { id: string; employees: { name: string; tasks: { name: string; places: string[] }[] }[]; pages: string[] }

const me = async (page: Page): Promise<Me> => (await page.request.get('/api/me')).json()

test('only finance has the Finance Analyst, and its task only on finance pages', async () => {
  const finance = await b.open({ as: 'greta' })
  const { employees } = await me(finance)
  const analyst = employees.find(employee => employee.name === 'finance-analyst')
  expect(analyst?.tasks).toMatchObject([{ name: 'revenue-report', places: ['orders/list', 'quotes/list'] }])
  for (const other of ['mara', 'tomasz', 'hugo']) {
    const page = await b.open({ as: other, at: '/sign-in' })
    expect((await me(page)).employees.map(employee => employee.name)).not.toContain('finance-analyst')
  }
  const admin = await b.open({ as: 'emil', at: '/settings/employees' })
  await settled(admin)
  const row = admin.getByRole('row', { name: /Finance Analyst/ })
  expect(await row.getByRole('cell').last().innerText()).toBe('Finance')
  await expectAccessible(admin, 'the AI employees')
  await screenshot(admin, 'employees')
})

test('each layer is explained, for whom it stops and for whom it lets through', async () => {
  const about = 'employee=finance-analyst&task=revenue-report&tool=query_records&collection=orders'
  const rep = await b.open({ as: 'mara' })
  const finance = await b.open({ as: 'greta' })
  const admin = await b.open({ as: 'emil', at: `/settings/explain?person=${(await me(rep)).id}&${about}` })
  await admin.getByText('no role of the person (sales-rep) makes finance-analyst available').waitFor()
  await admin.getByText('it is for finance, and the person holds sales-rep').waitFor()
  await admin.getByText(/user.department == "Finance" is not met/).waitFor()
  expect(await admin.getByText('stops', { exact: true }).count()).toBe(3)
  await expectAccessible(admin, 'what is refused')
  await screenshot(admin, 'explain')
  await admin.goto(`/settings/explain?person=${(await me(finance)).id}&${about}`)
  await admin.getByText('Allowed', { exact: true }).waitFor()
  expect(await admin.getByText('lets through', { exact: true }).count()).toBe(4)
  await expectAccessible(admin, 'what is allowed')
})

test('an AI employee is switched off, and its person has it no more', async () => {
  const finance = await b.open({ as: 'greta' })
  const page = await b.open({ as: 'emil', at: '/settings/employees/finance-analyst' })
  await settled(page)
  for (const tab of ['Role setting', 'Tools', 'Tasks', 'Remit', 'Profile']) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    if (tab === 'Tasks') await page.getByRole('button', { name: 'Revenue report' }).click()
    await expectAccessible(page, tab)
    await screenshot(page, `employee-${tab.toLowerCase().replace(' ', '-')}`)
  }
  await page.getByRole('switch', { name: /Switched on/ }).click()
  await page.getByRole('button', { name: 'Review and save' }).click()
  await page.getByRole('dialog').getByText('people looked at').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved. It holds from now on.').waitFor()
  expect((await me(finance)).employees.map(employee => employee.name)).toEqual(['viz'])
}, 180_000)
