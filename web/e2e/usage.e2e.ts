import { afterAll, expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'
import { type Model, startModel } from './support/model'

let model: Model
const b = bench(async () => {
  model = await startModel()
  model.on('Good day', () => ({ say: ['Good day to you.'], tokens: 1200 }))
  return {}
})
afterAll(() => model?.stop())

/** Has Viz answer somebody so many times. */
async function ask(who: string, times: number): Promise<void> {
  const page = await b.open({ as: who, at: '/sign-in' })
  for (let n = 0; n < times; n++) {
    const headers = { Accept: 'application/json' }
    const answer = await page.request.post('/api/ask', { data: { employee: 'viz', question: 'Good day' }, headers })
    expect(answer.ok(), await answer.text()).toBe(true)
  }
}

test('before anything is used, the page says so', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/usage' })
  await page.getByText('Nothing was used').waitFor()
  await page.getByText('No AI employee has a budget').waitFor()
  await expectAccessible(page, 'no usage')
})

test('usage and cost by AI employee, person, model and day, narrowed, beside the budgets of the day', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/usage' })
  const prices = [{ name: 'scripted', input_price: '2500', output_price: '5000' }]
  await page.request.post('/api/services', {
    data: { name: 'house', provider: 'openai', base_url: model.url, model: 'scripted', models: prices, default: true },
  })
  await ask('mara', 3)
  await ask('tomasz', 1)
  const policy = await (await page.request.get('/api/policy')).json()
  const viz = policy.document.employees.find((e: { name: string }) => e.name === 'viz')
  viz.remit.tokens_per_day = 3000
  expect((await page.request.put('/api/policy', { data: policy })).ok()).toBe(true)
  await page.reload()
  await settled(page)
  const cells = async (name: string | RegExp) =>
    page.getByRole('table').getByRole('row', { name }).getByRole('cell').allInnerTexts()
  // 4 × 1,200 × 2,500 / 1,000,000 = 12.00
  expect(await cells(/^Viz/)).toEqual(['Viz', '4', '4,800', '0', '$12.00'])
  expect(await cells(/^Total/)).toEqual(['4', '4,800', '0', '$12.00'])
  await page.getByRole('img', { name: /the most on .*: 4,800/ }).waitFor()
  await page.getByText('Cost (USD)').click()
  await page.getByRole('img', { name: /the most on .*: \$12\.00/ }).waitFor()
  await page.getByText('3,600 tokens, 120%').waitFor()
  await page.getByText('Used up').waitFor()
  await expectAccessible(page, 'usage by AI employee')
  await screenshot(page, 'usage')

  const by = page.getByRole('radiogroup', { name: 'Sum by' })
  await by.getByText('Model').click()
  await page.getByRole('cell', { name: 'scripted (house)' }).waitFor()
  await by.getByText('Day').click()
  await page.getByRole('columnheader', { name: 'Day' }).waitFor()
  await by.getByText('Person').click()
  await page.getByRole('link', { name: 'Mara Okonkwo' }).click()
  await page.getByRole('group', { name: 'Only' }).getByText('Person: Mara Okonkwo').waitFor()
  await page.getByRole('link', { name: 'Viz' }).waitFor()
  expect(await cells(/^Viz/)).toEqual(['Viz', '3', '3,600', '0', '$9.00'])
  await expectAccessible(page, 'usage for one person')
  await page.getByRole('button', { name: 'No longer only Mara Okonkwo' }).click()
  await page.getByRole('link', { name: 'Tomasz Adeyemi' }).waitFor()

  await page.getByRole('combobox', { name: 'Span of time' }).click()
  await page.getByRole('option', { name: 'From … to …' }).click()
  await page.getByLabel('First day').fill('2020-01-01')
  await page.getByLabel('Last day').fill('2020-01-31')
  await page.getByText('Nothing was used').waitFor()
  await expectAccessible(page, 'a span of time without usage')
})

test('who audits sees it too; on a phone, in German', async () => {
  const phone = await b.open({
    as: 'ruth',
    at: '/settings/usage?by=person',
    viewport: { width: 390, height: 800 },
    locale: 'de',
  })
  await phone.getByRole('heading', { level: 1, name: 'Verbrauch & Kosten' }).waitFor()
  await phone.getByRole('link', { name: 'Mara Okonkwo' }).waitFor()
  await expectAccessible(phone, 'usage on a phone')
  expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})
