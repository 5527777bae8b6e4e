import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'
import { type Model, startModel } from './support/model'

let model: Model
const b = bench(async () => {
  model = await startModel()
  return {}
})
afterAll(() => model?.stop())

const key = 'sk-of-the-browser-test'
const bar = (page: Page) => page.getByRole('region', { name: 'Unsaved changes' })

async function open(path = ''): Promise<Page> {
  const page = await b.open({ as: 'emil', at: `/settings/services${path}` })
  await settled(page)
  return page
}

/** Makes a service by the API. */
async function keep(page: Page, name: string, more: object = {}): Promise<void> {
  const service = { name, provider: 'openai', base_url: model.url, key, model: 'scripted', ...more }
  const made = await page.request.post('/api/services', { data: service })
  expect(made.ok(), await made.text()).toBe(true)
}

const held = async (page: Page, name: string) =>
  (await (await page.request.get('/api/services')).json()).services.find((s: { name: string }) => s.name === name)

test('without a service the planner answers; one is added and tested, and its key is nowhere', async () => {
  const page = await open()
  await page.getByText('No model service yet').waitFor()
  await expectAccessible(page, 'no model service')
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'A new model service' })
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('Name the model that usually answers').waitFor()
  await dialog.getByRole('textbox', { name: 'Usual model' }).fill('scripted')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('House')
  await dialog.getByRole('textbox', { name: 'Base URL' }).fill('http://llm.example.com/v1')
  await dialog.getByRole('checkbox', { name: 'Allow plain HTTP to this address' }).waitFor()
  await dialog.getByLabel('Key', { exact: true }).fill(key)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('use lower-case words joined by "-"').waitFor()
  await expectAccessible(page, 'a new service with an error')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('house')
  await dialog.getByRole('textbox', { name: 'Base URL' }).fill(model.url)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name: 'house' }).waitFor()
  await page.getByText('A key is set').waitFor()
  await page.getByRole('button', { name: 'Test now' }).click()
  await page.getByText(/^scripted answered in/).waitFor()
  await expectAccessible(page, 'a service that answers')
  await screenshot(page, 'service')
  await page.getByRole('button', { name: 'Add a model' }).click()
  await page.getByRole('textbox', { name: 'Model 1', exact: true }).fill('scripted')
  await page.getByRole('textbox', { name: 'Price in of model 1' }).fill('2,50')
  await page.getByRole('textbox', { name: 'Price out of model 1' }).fill('much')
  await page.getByRole('radio', { name: /^Confidential/ }).check()
  await bar(page).getByRole('button', { name: 'Save' }).click()
  await page.getByText('must be a price such as 0.15').waitFor()
  await expectAccessible(page, 'a service with a wrong price')
  await page.getByRole('textbox', { name: 'Price out of model 1' }).fill('10')
  await bar(page).getByRole('button', { name: 'Save' }).click()
  await bar(page).waitFor({ state: 'hidden' })
  const saved = await held(page, 'house')
  expect(saved).toMatchObject({ egress: 'confidential', has_key: true, currency: 'USD' })
  expect(saved.models).toEqual([{ name: 'scripted', input_price: '2.5', output_price: '10' }])
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]))
  expect(stored + (await page.content())).not.toContain(key)
})

test('a refused test says what to do; the key is replaced, removed, and asked for again at another address', async () => {
  const page = await open()
  await keep(page, 'refused')
  model.on('single word', () => ({ fail: 401 }))
  await page.goto('/settings/services/refused')
  await page.getByRole('button', { name: 'Test now' }).click()
  await page.getByText('Key refused').waitFor()
  await page.getByText(/^Check that the key is whole/).waitFor()
  await expectAccessible(page, 'a service that refuses')
  model.on('single word', () => ({ say: ['ready'] }))
  await page.getByRole('textbox', { name: 'Base URL' }).fill('https://elsewhere.example.com/v1')
  await page.getByText('enter its key again').waitFor()
  await page.getByText('What is saved is tested').waitFor()
  await bar(page).getByRole('button', { name: 'Save' }).click()
  await page.getByText('send its key again').waitFor()
  await page.getByRole('button', { name: 'Replace' }).click()
  await page.getByLabel('New key').fill('sk-another')
  await expectAccessible(page, 'a key that is replaced')
  await bar(page).getByRole('button', { name: 'Save' }).click()
  await bar(page).waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('The key is removed when you save').waitFor()
  await bar(page).getByRole('button', { name: 'Save' }).click()
  await bar(page).waitFor({ state: 'hidden' })
  expect(await held(page, 'refused')).toMatchObject({ has_key: false, base_url: 'https://elsewhere.example.com/v1' })
})

test('two people change one service: neither is undone unseen, and nothing is left unsaved unasked', async () => {
  const page = await open()
  await keep(page, 'shared')
  await page.goto('/settings/services/shared')
  await page.getByLabel('Retries').fill('2')
  await page.request.patch('/api/services/shared', { data: { model: 'theirs' } })
  await bar(page).getByRole('button', { name: 'Save' }).click()
  await bar(page).getByText('Somebody else has changed this service').waitFor()
  await bar(page).getByText('Theirs: Usual model.').waitFor()
  await expectAccessible(page, 'a conflict over a service')
  await bar(page).getByRole('button', { name: 'Keep my changes, on top of theirs' }).click()
  await page.getByRole('link', { name: 'All model services' }).click()
  const leave = page.getByRole('dialog', { name: 'Leave without saving?' })
  await leave.getByRole('button', { name: 'Cancel' }).click()
  await bar(page).getByRole('button', { name: 'Save' }).click()
  await bar(page).waitFor({ state: 'hidden' })
  expect(await held(page, 'shared')).toMatchObject({ model: 'theirs', retries: 2 })
})

test('an AI employee gets a service and a model; deleting the service names it, and its page says what is wrong', async () => {
  const page = await open()
  const models = [{ name: 'scripted' }, { name: 'big' }]
  await keep(page, 'chosen', { models, default: true })
  await page.goto('/settings/employees/viz')
  await page.getByRole('tab', { name: 'Model settings' }).click()
  const service = page.getByRole('combobox', { name: 'Model service' })
  expect(await service.inputValue()).toBe('The default: chosen')
  await service.click()
  await page.getByRole('option', { name: 'chosen', exact: true }).click()
  await page.getByRole('combobox', { name: 'Model', exact: true }).click()
  await page.getByRole('option', { name: 'big' }).click()
  await expectAccessible(page, 'the model of an AI employee')
  await bar(page).getByRole('button', { name: 'Review and save' }).click()
  await page.getByRole('dialog').getByText('people looked at').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await bar(page).waitFor({ state: 'hidden' })
  await page.goto('/settings/services/chosen')
  await page.getByRole('link', { name: 'Viz' }).waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete chosen?' })
  await dialog.getByText('Viz uses it, and answers nothing').waitFor()
  await expectAccessible(page, 'deleting a service')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { level: 1, name: 'Model services' }).waitFor()
  expect(await held(page, 'chosen')).toBeUndefined()
  await page.goto('/settings/employees/viz')
  await page.getByRole('tab', { name: 'Model settings' }).click()
  await page.getByText('There is no usable model service chosen').waitFor()
  await expectAccessible(page, 'an AI employee whose service is gone')
})

test('the list, the planner, and a phone in German', async () => {
  const page = await open()
  await keep(page, 'listed', { models: [{ name: 'big' }], egress: 'public' })
  await page.request.post('/api/services/listed/test', { data: {} })
  await page.goto('/settings/services')
  const row = page.getByRole('row', { name: /listed/ })
  for (const text of ['A key is set', 'Public', 'and 1 more', 'Answers']) await row.getByText(text).waitFor()
  await expectAccessible(page, 'the model services')
  await screenshot(page, 'services')
  await page.getByRole('link', { name: 'Offline planner' }).click()
  await page.getByRole('button', { name: 'Test now' }).click()
  await page.getByText(/answered in/).waitFor()
  await expectAccessible(page, 'the offline planner')
  const phone = await b.open({
    as: 'emil',
    at: '/settings/services/listed',
    viewport: { width: 390, height: 800 },
    locale: 'de',
  })
  await phone.getByRole('heading', { level: 2, name: 'Modelle und Preise' }).waitFor()
  await expectAccessible(phone, 'a service on a phone')
  expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})

test('there is nothing for others, and a list that cannot be read says so', async () => {
  for (const at of ['/settings/services', '/settings/services/listed', '/settings/usage']) {
    const other = await b.open({ as: 'mara', at })
    await other.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
  }
  const page = await b.open({ as: 'emil', at: '/settings/company' })
  await page.route('**/api/services', route => route.abort())
  await page.goto('/settings/services')
  await page.getByText('The server cannot be reached').waitFor()
  await expectAccessible(page, 'services that cannot be read')
  await page.goto('/settings/employees/viz')
  await page.getByRole('tab', { name: 'Model settings' }).click()
  await page.getByText('The model services cannot be listed now').waitFor()
  await expectAccessible(page, 'an AI employee without the list of services')
})
