import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { bench, expectAccessible, settled } from './support/browser'
import { changePolicy, type Document, named } from './support/policy'

const b = bench(undefined, { keepSessions: true })

const tables = ['orders', 'quotes']
const button = (page: Page) => page.getByRole('button', { name: 'Revenue report (Finance Analyst)' })
const menu = (page: Page) => page.getByRole('button', { name: 'AI tasks' })
const panel = (page: Page) => page.getByRole('complementary', { name: 'AI employees' })

/** The finance example as the issue tells it: the tables are granted to finance, and to nobody else but who administers. */
beforeAll(async () => {
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  await changePolicy(admin, ({ roles }) => {
    for (const role of roles.filter(({ name }) => !['finance', 'administrator'].includes(name)))
      role.grants = role.grants.filter(({ collection }) => !tables.includes(collection))
  })
})

type Me = { id: string; pages: string[] }

/** Whether the button of finance's task is anywhere on the page, by itself or in the menu of tasks. */
async function isOffered(page: Page): Promise<boolean> {
  if ((await button(page).count()) > 0) return true
  if ((await menu(page).count()) === 0) return false
  await menu(page).click()
  await page.getByRole('menuitem').first().waitFor()
  const offered = await page.getByRole('menuitem').allInnerTexts()
  await page.keyboard.press('Escape')
  return offered.some(text => text.includes('Revenue report'))
}

async function shows(page: Page, at: string): Promise<boolean> {
  await page.goto(at)
  await settled(page)
  return isOffered(page)
}

/** The pages of this person that show it: home, and whatever the navigation leads to. */
async function pagesWithIt(page: Page): Promise<string[]> {
  await page.goto('/')
  await settled(page)
  const links = page.getByRole('navigation').getByRole('link')
  await links.filter({ hasText: 'Products' }).waitFor() // all of it is there
  const found: string[] = []
  for (const link of await links.all()) {
    const name = (await link.innerText()).trim()
    await link.click()
    await page.getByRole('heading', { level: 1, name: name === 'Home' ? /, / : name }).waitFor()
    await settled(page)
    if (await isOffered(page)) found.push(name)
  }
  return found.sort()
}

/** Finance's own work: the button, the answer, and figures in it. */
async function reports(finance: Page): Promise<void> {
  expect(await shows(finance, '/records/orders')).toBe(true)
  await button(finance).click()
  await panel(finance).getByRole('button', { name: 'Copy the answer' }).last().waitFor()
  await panel(finance).getByRole('img').first().waitFor()
  expect(await panel(finance).getByText('refused').count()).toBe(0)
}

/** Asks the Finance Analyst in the panel. */
async function asks(page: Page, question: string): Promise<void> {
  await page.goto('/')
  await settled(page)
  await page.keyboard.press('Control+j')
  await panel(page).getByRole('combobox', { name: 'AI employee' }).click()
  await page.getByRole('option', { name: 'Finance Analyst' }).click()
  await page.getByRole('textbox', { name: 'Question' }).fill(question)
  await page.keyboard.press('Enter')
  await panel(page).getByRole('button', { name: 'Copy the answer' }).waitFor()
}

/** Opens the steps of the answer, at least one of which was refused. */
async function openRefused(page: Page): Promise<void> {
  await panel(page)
    .getByRole('button', { name: /[1-9] refused/ })
    .click()
}

/** The AI employees that the panel offers. */
async function offered(page: Page): Promise<string[]> {
  await page.goto('/')
  await settled(page)
  await page.keyboard.press('Control+j')
  await panel(page).getByRole('combobox', { name: 'AI employee' }).click()
  await page.getByRole('option').first().waitFor()
  const names = await page.getByRole('option').allInnerTexts()
  await page.keyboard.press('Escape')
  return names.map(name => name.split(' · ')[0] ?? '').sort()
}

/** The layers that stop this person's report, as the screen for explaining says. */
async function stops(admin: Page, who: Page): Promise<string[]> {
  const { id } = (await (await who.request.get('/api/me')).json()) as Me
  const about = 'employee=finance-analyst&task=revenue-report&tool=count_records&collection=orders'
  await admin.goto(`/settings/explain?person=${id}&${about}`)
  await admin.getByRole('region', { name: 'AI employee access' }).waitFor()
  const found: string[] = []
  for (const layer of ['AI employee access', 'Task', 'Tool', 'Data']) {
    const region = admin.getByRole('region', { name: new RegExp(`^${layer}`) })
    if ((await region.getByText('stops', { exact: true }).count()) > 0) found.push(layer)
  }
  return found
}

/** Whether a conversation with the Finance Analyst, or its task by its name, is taken. */
async function begins(page: Page, task?: string): Promise<number> {
  return (await page.request.post('/api/conversations', { data: { employee: 'finance-analyst', task } })).status()
}

type Scene = { finance: Page; sales: Page; admin: Page }

/** Takes one layer away, looks, and puts it back. */
async function without(edit: (document: Document) => void, look: (scene: Scene) => Promise<void>): Promise<void> {
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  const back = await changePolicy(admin, edit)
  try {
    await look({ admin, finance: await b.open({ as: 'greta' }), sales: await b.open({ as: 'mara' }) })
  } finally {
    await back()
  }
}

const nothing = () => {}

test('all layers in force: finance alone has the analyst, the button on its pages, and the answer', async () => {
  await without(nothing, async ({ finance, sales, admin }) => {
    expect(await pagesWithIt(finance)).toEqual(['Orders', 'Quotes'])
    expect(await offered(finance)).toEqual(['Finance Analyst', 'Viz'])
    await reports(finance)

    expect(await pagesWithIt(sales)).toEqual([])
    expect(await offered(sales)).toEqual(['Penn', 'Scout', 'Viz'])
    await sales.goto('/records/orders')
    await sales.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
    expect(await begins(sales)).toBe(403)
    expect(await stops(admin, sales)).toEqual(['AI employee access', 'Task', 'Tool', 'Data'])
    expect(await stops(admin, finance)).toEqual([])
  })
})

test('whoever holds the finance role in another department is stopped by the tools, and told why', async () => {
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  const fox = await b.open({ as: 'jonas' })
  const { id } = (await (await fox.request.get('/api/me')).json()) as Me
  const give = (roles: string[]) =>
    admin.request.put(`/api/people/${id}/roles`, { data: { roles: roles.map(name => ({ name })) } })
  expect((await give(['sales-rep', 'finance'])).ok()).toBe(true)
  expect(await shows(fox, '/records/orders')).toBe(true)
  await button(fox).click()
  await openRefused(fox)
  await panel(fox).getByRole('alert').getByText('user.department == "Finance"').first().waitFor()
  expect(await panel(fox).getByRole('table').count()).toBe(0)
  await expectAccessible(fox, 'a report whose tools are refused')
  expect(await stops(admin, fox)).toEqual(['Tool'])
  await give(['sales-rep'])
})

test('without the layer of AI employee access, the other three stop sales', async () => {
  const open = ({ roles }: Document) => named(roles, 'sales-rep').employees.push('finance-analyst')
  await without(open, async ({ finance, sales, admin }) => {
    expect(await shows(sales, '/records/opportunities')).toBe(false)
    expect(await begins(sales, 'revenue-report')).toBe(403)
    await asks(sales, 'How many accounts?')
    await openRefused(sales)
    await panel(sales).getByRole('alert').getByText('user.department == "Finance"').waitFor()
    expect(await stops(admin, sales)).toEqual(['Task', 'Tool', 'Data'])
    await reports(finance)
  })
})

test('without the layer of tasks, sales has no AI employee to do it', async () => {
  const open = ({ tasks }: Document) => {
    const task = named(tasks, 'revenue-report')
    task.roles = []
    task.places = ['home/work', 'orders/list', 'opportunities/list']
  }
  await without(open, async ({ finance, sales, admin }) => {
    expect(await shows(finance, '/records/opportunities')).toBe(true)
    expect(await shows(sales, '/records/opportunities')).toBe(false)
    expect(await shows(sales, '/')).toBe(false)
    expect(await offered(sales)).not.toContain('Finance Analyst')
    expect(await begins(sales, 'revenue-report')).toBe(403)
    expect(await stops(admin, sales)).toEqual(['AI employee access', 'Tool', 'Data'])
    await reports(finance)
  })
})

test('without the condition on tools, sales has neither the AI employee nor its task', async () => {
  const open = ({ employees }: Document) => {
    named(employees, 'finance-analyst').tool_rules = []
  }
  await without(open, async ({ finance, sales, admin }) => {
    expect(await shows(sales, '/records/opportunities')).toBe(false)
    expect(await offered(sales)).not.toContain('Finance Analyst')
    expect(await begins(sales)).toBe(403)
    expect(await stops(admin, sales)).toEqual(['AI employee access', 'Task', 'Data'])
    await reports(finance)
  })
})

test('without the layer of data, sales opens the orders itself, and no Finance Analyst', async () => {
  const open = ({ roles }: Document) => {
    const rep = named(roles, 'sales-rep')
    rep.pages = [...(rep.pages ?? []), 'orders']
    rep.grants.push({ collection: 'orders', actions: ['view'], fields: ['*'], scope: 'all' })
  }
  await without(open, async ({ finance, sales, admin }) => {
    expect(await shows(sales, '/records/orders')).toBe(false)
    await sales.getByRole('table').getByRole('link').first().waitFor()
    expect(await offered(sales)).not.toContain('Finance Analyst')
    expect(await begins(sales, 'revenue-report')).toBe(403)
    expect(await stops(admin, sales)).toEqual(['AI employee access', 'Task', 'Tool'])
    await reports(finance)
  })
})

test('with the data alone, which stops by itself, the analyst finds no orders for sales', async () => {
  const open = ({ roles, employees }: Document) => {
    named(roles, 'sales-rep').employees.push('finance-analyst')
    named(employees, 'finance-analyst').tool_rules = []
  }
  await without(open, async ({ sales, admin }) => {
    await asks(sales, 'How many orders?')
    await panel(sales).getByText('I do not see which records you mean.').waitFor()
    expect(await panel(sales).getByText('user.department').count()).toBe(0)
    expect(await panel(sales).getByRole('figure').count()).toBe(0)
    expect(await stops(admin, sales)).toEqual(['Task', 'Data'])
  })
})
