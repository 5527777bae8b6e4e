import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

test('the tools, pages and pictures that are offered are those of the server', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/employees/viz' })
  await settled(page)
  const catalog = (await (await page.request.get('/api/policy/catalog')).json()) as {
    tools: { name: string }[]
    avatars: string[]
    capabilities: string[]
  }
  await expectAccessible(page, 'the profile')
  await page.getByRole('combobox', { name: 'Picture' }).click()
  expect(await page.getByRole('option').count()).toBe(catalog.avatars.length)
  await screenshot(page, 'employee-profile')
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Tools' }).click()
  for (const name of ['Read records', 'Draw a chart', 'Explain access']) {
    await page.getByRole('checkbox', { name, exact: true }).waitFor()
  }
  const offered = await page
    .getByRole('checkbox')
    .evaluateAll(boxes => boxes.map(box => (box as HTMLInputElement).value))
  expect(offered).toEqual(expect.arrayContaining(catalog.tools.map(tool => tool.name)))
  await page.goto(new URL('/settings/roles?role=administrator', page.url()).href)
  await page.getByRole('checkbox', { name: /Manage roles/ }).waitFor()
  expect(await page.getByRole('group', { name: 'Capabilities' }).getByRole('checkbox').count()).toBe(
    catalog.capabilities.length,
  )
})

test('a condition on calls is checked as it is written, with what is wrong at its place', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/employees/viz' })
  await settled(page)
  await page.getByRole('tab', { name: 'Tools' }).click()
  await page.getByRole('button', { name: 'Add a condition' }).click()
  const rule = page.getByRole('textbox', { name: 'Condition 1' })
  await rule.fill('user.departmnt == "Finance"')
  await page.getByText('did you mean "department"?').waitFor()
  await expectAccessible(page, 'a condition with an error')
  await rule.fill('user.department == "Finance" && input.id == "x"')
  await page.getByText(/id/).filter({ hasText: 'input' }).first().waitFor()
  await rule.fill('user.depart')
  await page.getByRole('option', { name: 'user.department', exact: true }).click()
  await rule.press('End')
  await rule.pressSequentially(' == "Finance"')
  await page.getByText('This is a valid condition.').waitFor()
  await screenshot(page, 'employee-tools')
})

test('a task is held to collections, fields, rows and days, and placed on blocks', { timeout: 120_000 }, async () => {
  const page = await b.open({ as: 'emil', at: '/settings/employees/finance-analyst' })
  await settled(page)
  await page.getByRole('tab', { name: 'Tasks' }).click()
  await page.getByRole('button', { name: 'New task' }).click()
  await page.getByRole('textbox', { name: 'Question' }).fill('How many orders are open?')
  await page.getByRole('combobox', { name: 'Places' }).click()
  await page.getByRole('option', { name: 'Orders · List' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: 'Collections' }).click()
  await page.getByRole('option', { name: 'Orders', exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByText('None named: every field').waitFor()
  await page.getByRole('combobox', { name: 'Fields of Orders' }).click()
  await page.getByRole('option', { name: 'Status', exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('textbox', { name: 'Records a query' }).fill('50')
  await page.getByRole('textbox', { name: 'Time range in days' }).fill('90')
  const condition = page.getByRole('textbox', { name: 'Condition', exact: true })
  await condition.fill('user.department = "Finance"')
  await page
    .getByRole('status')
    .filter({ hasText: /\d+:\d+/ })
    .waitFor()
  await expectAccessible(page, 'a task with an error')
  await condition.fill('user.department == "Finance"')
  await page.getByText('This is a valid condition.').waitFor()
  await screenshot(page, 'employee-task')
  const bar = page.getByRole('region', { name: 'Unsaved changes' })
  await bar.getByRole('button', { name: 'Review and save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Review the changes' })
  await dialog.getByText('people looked at').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved. It holds from now on.').waitFor()
  const { document } = await (await page.request.get('/api/policy')).json()
  const made = document.tasks.find((task: { title: string }) => task.title === 'New task')
  expect(made.places).toEqual(['orders/list'])
  expect(made.constraints).toEqual({
    collections: [{ collection: 'orders', fields: ['status'] }],
    row_limit: 50,
    last_days: 90,
    read_only: true,
  })
})

test('on a phone, in German', async () => {
  const page = await b.open({
    as: 'emil',
    at: '/settings/employees/viz',
    viewport: { width: 390, height: 800 },
    locale: 'de',
  })
  await settled(page)
  await page.getByRole('tab', { name: 'Aufgaben' }).click()
  await page.getByRole('button', { expanded: false }).filter({ hasText: /./ }).last().waitFor()
  await page.locator('[data-accordion-control]').first().click()
  await page.getByText('Schranken').waitFor()
  await expectAccessible(page, 'a task on a phone')
  await screenshot(page, 'employee-phone')
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})
