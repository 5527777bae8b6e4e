import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { bench, expectAccessible, settled } from './support/browser'
import corpus from './support/hostile.json' with { type: 'json' }
import { type Model, startModel } from './support/model'

let model: Model
const b = bench(async () => {
  model = await startModel()
  return {
    REMIT_OPENAI_BASE_URL: model.url,
    REMIT_OPENAI_API_KEY: 'key-of-the-test',
    REMIT_OPENAI_MODEL: 'scripted',
    REMIT_OPENAI_EGRESS: 'restricted',
    REMIT_MODEL_SERVICE: 'openai',
  }
})
afterAll(() => model?.stop())

async function openPanel(as: string): Promise<Page> {
  const page = await b.open({ as })
  await settled(page)
  await page.keyboard.press('Control+j')
  await page.getByRole('textbox', { name: 'Question' }).waitFor()
  return page
}

async function question(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Question' }).fill(text)
  await page.keyboard.press('Enter')
}

const slow = { say: ['First words. ', 2500, 'Last words.'] }

test('the first words show before the last are there, a second tab follows, a reload resumes', async () => {
  model.on('slow', () => slow)
  const page = await openPanel('mara')
  await question(page, 'Take it slow')
  await page.getByText('First words.').waitFor()
  expect(await page.getByText('Last words.').count()).toBe(0)
  await expectAccessible(page, 'an answer on its way')
  const { conversations } = await (await page.request.get('/api/conversations')).json()
  const second = await page.context().newPage()
  await second.goto(`/conversations/${conversations[0].id}`)
  await page.reload()
  for (const tab of [page, second]) {
    await tab.getByText('First words.').waitFor()
    await tab.getByText('Last words.').waitFor()
    await tab.getByRole('button', { name: 'Copy the answer' }).waitFor()
  }
  model.on('again', () => ({ say: ['Once more.'] }))
  await question(page, 'And again?')
  await second.getByText('Once more.').waitFor()
})

test('stop ends an answer and says so', async () => {
  model.on('endless', () => ({ say: ['Word. ', ...Array.from({ length: 60 }, () => [400, 'word ']).flat()] }))
  const page = await openPanel('mara')
  await question(page, 'An endless story')
  await page.getByText('Word.').waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('You stopped this answer.').waitFor()
  await expectAccessible(page, 'a stopped answer')
  await page.getByRole('button', { name: 'Answer once more' }).waitFor()
})

test('a model service that fails, and a call that is refused, are told', async () => {
  model.on('broken', () => ({ fail: 400 }))
  model.on('secrets', step =>
    step === 0 ? { call: { tool: 'query_records', arguments: { collection: 'salaries' } } } : { say: ['I could not.'] },
  )
  const page = await openPanel('mara')
  await question(page, 'It is broken')
  await page.getByText('The model service failed.').waitFor()
  await question(page, 'Tell me secrets')
  await page.getByText('I could not.').waitFor()
  await page.getByRole('button', { name: /1 refused/ }).click()
  await page.getByRole('alert').getByText('salaries').waitFor()
  await expectAccessible(page, 'a refusal in the steps')
})

test('hostile answers render inert: nothing is loaded, nothing runs, nothing leads away', async () => {
  const page = await openPanel('mara')
  const tampered = corpus.filter(text => text.length < 400)
  const me = await (await page.request.get('/api/me')).json()
  const bait = '<img src=https://evil.example/r.png onerror=alert(1)> [x](javascript:alert(1))'
  const made = await page.request.post('/api/collections/accounts/records', {
    data: { values: { name: bait, owner_id: me.id } },
  })
  expect(made.ok(), await made.text()).toBe(true)
  const read = { collection: 'accounts', fields: ['name'], filter: { name: { $contains: 'evil.example' } } }
  model.on('corpus', step =>
    step === 0
      ? { call: { tool: 'query_records', arguments: read } }
      : { say: [tampered.join('\n\n---\n\n'), '\n\nThat is all.'] },
  )
  await question(page, 'Show the corpus')
  await page.getByText('That is all.').waitFor()
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor()
  await page.getByRole('button', { name: /1 step/ }).click()
  await page.getByRole('link', { name: bait }).first().waitFor()
  const at = page.url()
  const answer = page.getByRole('group', { name: 'Conversation' })
  expect(await answer.locator('img, iframe, script, form, object, embed, link, meta, base').count()).toBe(0)
  const links = await answer
    .locator('a')
    .evaluateAll(all => all.map(a => new URL((a as HTMLAnchorElement).href).origin))
  expect(new Set(links).size).toBeLessThanOrEqual(1)
  for (const word of ['your bank', 'click', 'a']) {
    const text = answer.getByText(word, { exact: true }).first()
    if ((await text.count()) > 0) await text.click({ timeout: 500 }).catch(() => {})
  }
  expect(page.url()).toBe(at)
  expect(page.context().pages()).toHaveLength(1)
})
