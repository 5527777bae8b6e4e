import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, expectAccessible, person, screenshot, settled } from './support/browser'

const b = bench()

const panel = (page: Page) => page.getByRole('complementary', { name: 'AI employees' })

async function question(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Question' }).fill(text)
  await page.keyboard.press('Enter')
}

const answered = (page: Page) => page.getByRole('button', { name: 'Copy the answer' }).last().waitFor()

/** The conversation that the person had last. */
async function latest(page: Page): Promise<string> {
  const { conversations } = await (await page.request.get('/api/conversations')).json()
  return conversations[0].id
}

test('a task button starts its task in the panel, with steps, charts and tables', async () => {
  const page = await b.open({ as: 'mara', at: '/records/opportunities' })
  await settled(page)
  await page.getByRole('button', { name: 'AI tasks' }).click()
  await page.getByRole('menuitem', { name: 'Review the pipeline (Viz)' }).click()
  await answered(page)
  await panel(page)
    .getByRole('img', { name: /by stage/ })
    .first()
    .waitFor()
  await screenshot(page, 'assistant')
  await panel(page)
    .getByRole('button', { name: /\d+ steps · / })
    .click()
  await panel(page).getByText('Added up records: Opportunities').first().waitFor()
  await panel(page).getByText('Stage is none of Won, Lost').first().waitFor()
  await panel(page).getByRole('button', { name: 'As JSON' }).first().click()
  await panel(page).getByRole('button', { name: 'Table' }).first().click()
  await expectAccessible(page, 'an answer with its steps')
})

test("a salesperson's Viz counts her customers, the manager's the team's", async () => {
  const counts: number[] = []
  for (const name of ['mara', 'tomasz', 'ingrid']) {
    const page = await b.open({ as: name })
    await settled(page)
    await page.keyboard.press('Control+j')
    if (name === 'mara') {
      await page.getByRole('textbox', { name: 'Question' }).waitFor()
      await expectAccessible(page, 'the panel before a question')
    }
    await question(page, 'How many opportunities?')
    await answered(page)
    await panel(page).getByRole('figure').getByText(/\d/).first().waitFor()
    const shown = Number((await panel(page).getByRole('figure').first().innerText()).replace(/\D/g, ''))
    const own = await page.request.post('/api/collections/opportunities/query', { data: { limit: 1, total: true } })
    expect(shown, name).toBe((await own.json()).total)
    counts.push(shown)
  }
  expect(counts[0]).toBeLessThan(counts[1] ?? 0)
  expect(counts[1]).toBeLessThan(counts[2] ?? 0)
})

test('an AI employee that is no longer available says so while the conversation is open', async () => {
  const page = await b.open({ as: 'leila' })
  await settled(page)
  await page.keyboard.press('Control+j')
  await question(page, 'How many leads?')
  await answered(page)
  const admin = await b.open({ as: 'emil' })
  const { epoch, document } = await (await admin.request.get('/api/policy')).json()
  const role = document.roles.find((r: { name: string }) => r.name === 'sales-rep')
  const before = role.employees
  role.employees = before.filter((name: string) => name !== 'viz')
  role.new_employees = false
  const put = await admin.request.put('/api/policy', { data: { document, epoch } })
  expect(put.ok(), await put.text()).toBe(true)
  await panel(page).getByText('Viz is no longer available to you', { exact: false }).waitFor()
  await panel(page).getByText('The AI employee that answered is not available').first().waitFor()
  expect(await page.getByRole('textbox', { name: 'Question' }).count()).toBe(0)
  await expectAccessible(page, 'an AI employee that is gone')
  role.employees = before
  const back = await admin.request.put('/api/policy', { data: { document, epoch: (await put.json()).epoch } })
  expect(back.ok(), await back.text()).toBe(true)
  await page.getByRole('textbox', { name: 'Question' }).waitFor()
})

test('a task that is hidden cannot be called by its name', async () => {
  const page = await b.open({ as: 'mara', at: '/records/opportunities' })
  await settled(page)
  await page.getByRole('button', { name: 'AI tasks' }).click()
  const offered = await page.getByRole('menuitem').allInnerTexts()
  expect(offered.some(name => name.includes('Revenue report'))).toBe(false)
  for (const employee of ['viz', 'finance-analyst']) {
    const answer = await page.request.post('/api/conversations', { data: { employee, task: 'revenue-report' } })
    expect([400, 403, 404]).toContain(answer.status())
  }
})

test('a shared conversation withholds what its reader may not see', async () => {
  const manager = await b.open({ as: 'tomasz' })
  await settled(manager)
  await manager.keyboard.press('Control+j')
  await question(manager, 'Top 5 opportunities by amount')
  await answered(manager)
  const id = await latest(manager)
  await manager.goto(`/conversations/${id}`)
  await answered(manager)
  await manager.getByRole('button', { name: 'Share' }).click()
  const dialog = manager.getByRole('dialog', { name: 'Share this conversation' })
  await dialog.getByLabel('Add a person').fill('Mara')
  await manager.getByRole('option', { name: person('mara').name }).click()
  await dialog.getByText(person('mara').name).waitFor()
  await expectAccessible(manager, 'sharing')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'hidden' })

  const reader = await b.open({ as: 'mara', at: '/conversations' })
  await settled(reader)
  await reader.getByText(`Shared by ${person('tomasz').name}`).waitFor()
  await expectAccessible(reader, 'the conversations')
  await reader.goto(`/conversations/${id}`)
  await reader.getByText('This rests on records or fields that you may not see now').first().waitFor()
  await reader.getByText('You can read it, and not ask in it', { exact: false }).waitFor()
  await expectAccessible(reader, 'a conversation as its reader sees it')
  const stranger = await b.open({ as: 'diego', at: `/conversations/${id}` })
  await stranger.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
})

test('a conversation is renamed and deleted, and an answer rated', async () => {
  const page = await b.open({ as: 'jonas' })
  await settled(page)
  await page.keyboard.press('Control+j')
  await question(page, 'How many leads by stage?')
  await answered(page)
  await page.getByRole('button', { name: 'Bad answer' }).click()
  await page.getByRole('textbox', { name: 'What was good or bad about it?' }).fill('Too short')
  await expectAccessible(page, 'rating')
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
  await page.getByText('Your rating is saved').waitFor()
  await page.getByRole('button', { name: 'Open on a page of its own' }).click()
  await page.getByRole('heading', { level: 1, name: 'How many leads by stage?' }).waitFor()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByLabel('Title').fill('Stages')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Stages' }).waitFor()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByText('This removes its questions', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('There are no conversations yet').waitFor()
  await expectAccessible(page, 'no conversations')
})
