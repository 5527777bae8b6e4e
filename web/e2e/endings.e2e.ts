import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bench, expectAccessible, settled } from './support/browser'
import { startLine } from './support/line'
import { type Model, type Script, startModel } from './support/model'
import { changePolicy, named } from './support/policy'

let model: Model
const b = bench(undefined, { keepSessions: true })

/** A model service that is not waited for long and not asked again, as an administrator adds it. */
beforeAll(async () => {
  model = await startModel()
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  const made = await admin.request.post('/api/services', {
    data: {
      name: 'scripted',
      provider: 'openai',
      base_url: model.url,
      key: 'key-of-the-test',
      model: 'scripted',
      egress: 'restricted',
      default: true,
      idle_seconds: 2,
      retries: -1,
    },
  })
  expect(made.ok(), await made.text()).toBe(true)
})
afterAll(() => model?.stop())

const again = (page: Page) => page.getByRole('button', { name: 'Answer once more' })

async function openPanel(as: string, baseURL = b.server.url): Promise<Page> {
  const page = await b.open({ as, baseURL })
  await settled(page)
  await page.keyboard.press('Control+j')
  await page.getByRole('textbox', { name: 'Question' }).waitFor()
  return page
}

async function question(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Question' }).fill(text)
  await page.keyboard.press('Enter')
}

const endless = { say: ['Word. ', ...Array.from({ length: 100 }, () => [200, 'word ']).flat()] }
const call = { tool: 'count_records', arguments: { collection: 'accounts' } }

/** What goes wrong, what the service does, what the person reads. */
const faults: [string, (step: number) => Script, ...string[]][] = [
  ['overloaded', () => ({ fail: 429, retryAfter: 3600 }), 'The model service failed.', 'try again in 1h'],
  ['out of order', () => ({ fail: 500 }), 'The model service failed.'],
  ['the key is refused', () => ({ fail: 401 }), 'The model service failed.', 'refuses the key'],
  [
    'cut',
    () => ({ say: ['Half of it'], end: 'cut' }),
    'is not to be relied on',
    'The model service failed.',
    'broke off',
  ],
  ['a page', () => ({ page: '<html>Sign in</html>' }), 'The model service failed.', 'check its base URL'],
  ['silence', () => ({ say: ['A beginning', 4000] }), 'The model service failed.', 'gave no sign'],
  ['nothing', () => ({}), 'The model had nothing to say.'],
  ['too long', () => ({ say: ['Long'], end: 'length' }), 'The answer was longer than it may be and is cut off.'],
  ['the same again', () => ({ call }), 'It made the same step again and again and was ended.'],
]

test('whatever the model service does, the answer has an end that says what happened and what to do', async () => {
  const page = await openPanel('mara')
  for (const [name, script, ...told] of faults) {
    model.on(name, script)
    await question(page, `The fault: ${name}`)
    const turn = page.getByRole('listitem').filter({ hasText: `The fault: ${name}` })
    for (const text of told) await turn.getByText(text).first().waitFor()
    await turn.getByText('You can have it answered once more.').waitFor()
    await again(page).waitFor()
  }
  await expectAccessible(page, 'answers that failed')
})

test('an answer that failed is had once more, and the first attempt stays readable', async () => {
  let attempts = 0
  model.on('twice', () => (attempts++ === 0 ? { fail: 500 } : { say: ['This time it is well.'] }))
  const page = await openPanel('mara')
  await question(page, 'Ask me twice')
  await page.getByText('The model service failed.').waitFor()
  await again(page).click()
  await page.getByText('This time it is well.').waitFor()
  await page.getByText('Earlier attempt').waitFor()
  expect(await page.getByText('Ask me twice', { exact: true }).count()).toBeLessThanOrEqual(2) // the question, and the title
  await expectAccessible(page, 'an answer had once more')
})

test('a budget that is used up ends the answer, and the next question is refused with what to do', async () => {
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  const back = await changePolicy(admin, ({ employees }) => {
    named(employees, 'viz').remit.tokens_per_day = 5_000
  })
  model.on('costly', step => (step === 0 ? { call, tokens: 50_000 } : { say: ['Never said'], tokens: 50_000 }))
  const page = await openPanel('jonas')
  await question(page, 'A costly question')
  await page.getByText('The budget for answers is used up.').waitFor()
  await page.getByText('ask again tomorrow', { exact: false }).first().waitFor()
  expect(await page.getByText('Never said').count()).toBe(0)
  await question(page, 'And one more')
  const refused = page.getByRole('alert').filter({ hasText: 'The question was not taken' })
  await refused.getByText('ask again tomorrow, or ask an administrator', { exact: false }).waitFor()
  await expectAccessible(page, 'a budget that is used up')
  await back()
  await refused.getByRole('button', { name: 'Ask again' }).click()
  await page.getByText('I have nothing to say to that.').waitFor()
})

test('an AI employee that is switched off while it answers stops there, and says why', async () => {
  model.on('revoked', () => endless)
  const page = await openPanel('mara')
  await question(page, 'It will be revoked')
  await page.getByText('Word.').waitFor()
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  const back = await changePolicy(admin, ({ employees }) => {
    named(employees, 'viz').disabled = true
  })
  await page.getByText('The AI employee that answered is not available to you now.').waitFor()
  await page.getByText('Viz is no longer available to you', { exact: false }).waitFor()
  expect(await page.getByText('Word.').count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0)
  await expectAccessible(page, 'an answer that was ended by an administrator')
  await back()
})

test('data that is taken away while it answers ends the answer, and is gone from the screen', async () => {
  const read = { tool: 'query_records', arguments: { collection: 'opportunities', fields: ['name'], limit: 3 } }
  model.on('taken', step => (step === 0 ? { call: read } : endless))
  const page = await openPanel('mara')
  await question(page, 'It will be taken away')
  await page.getByText('Word.').waitFor()
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  const back = await changePolicy(admin, ({ roles }) => {
    const rep = named(roles, 'sales-rep')
    rep.grants = rep.grants.filter(({ collection }) => collection !== 'opportunities')
  })
  await page.getByText('Your permissions changed, so the answer was ended.').waitFor()
  await page.getByText('This rests on records or fields that you may not see now', { exact: false }).first().waitFor()
  expect(await page.getByText('Word.').count()).toBe(0)
  await back()
})

test('somebody who is deactivated while an answer arrives is at the sign-in page', async () => {
  model.on('deactivated', () => endless)
  const page = await openPanel('leila')
  await question(page, 'I am deactivated')
  await page.getByText('Word.').waitFor()
  const admin = await b.open({ as: 'emil', at: '/sign-in' })
  const { id } = (await (await page.request.get('/api/me')).json()) as { id: string }
  const put = await admin.request.patch(`/api/people/${id}`, { data: { active: false } })
  expect(put.ok(), await put.text()).toBe(true)
  await page.waitForURL('**/sign-in**')
  await page.getByText('Your session has ended.').waitFor()
})

test('two tabs of one conversation follow each other; a question too many from elsewhere is told to wait', async () => {
  model.on('first', () => ({ say: ['Begun. ', 1500, 'More. ', 1500, 'Done.'] }))
  const page = await openPanel('mara')
  await question(page, 'Here first')
  await page.getByText('Begun.').waitFor()
  const { conversations } = await (await page.request.get('/api/conversations')).json()
  const other = await page.context().newPage()
  await other.goto(`/conversations/${conversations[0].id}`)
  await other.getByText('Begun.').waitFor()
  await other.getByRole('button', { name: 'Stop' }).waitFor()
  await other.getByText('Done.').waitFor()
  await page.getByText('Done.').waitFor()
  await question(other, 'From the other tab')
  await page.getByText('From the other tab').waitFor()
  await page.getByText('I have nothing to say to that.').waitFor()

  const elsewhere = await b.open({ as: 'mara', at: other.url() })
  await elsewhere.getByText('Done.').waitFor()
  model.on('busy', () => ({ say: ['Busy. ', 1500, 'Free.'] }))
  await question(page, 'I am busy')
  await page.getByText('Busy.').waitFor()
  await question(elsewhere, 'Me too')
  const refused = elsewhere.getByRole('alert').filter({ hasText: 'The question was not taken' })
  await refused.getByText('still answering', { exact: false }).waitFor()
  await page.getByText('Free.').waitFor()
  await refused.getByRole('button', { name: 'Ask again' }).click()
  await elsewhere.getByText('I have nothing to say to that.').nth(1).waitFor()
})

test('a connection that is lost comes back, and nothing of the answer is missing', async () => {
  model.on('line', () => ({ say: ['One, ', 1500, 'two, ', 1500, 'three, ', 1500, 'four.'] }))
  const line = await startLine(b.server.url)
  const page = await openPanel('mara', line.url)
  await question(page, 'The line breaks')
  await page.getByText('One,').waitFor()
  line.cut()
  await page.getByText('The connection is lost. Trying again…').waitFor()
  await expectAccessible(page, 'a lost connection')
  line.mend()
  await page.getByText('One, two, three, four.').waitFor()
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor()
  line.cut()
  await question(page, 'Is anybody there?')
  const refused = page.getByRole('alert').filter({ hasText: 'The question was not taken' })
  await refused.waitFor()
  await expectAccessible(page, 'a question that did not get through')
  line.mend()
  await refused.getByRole('button', { name: 'Ask again' }).click()
  await page.getByText('I have nothing to say to that.').waitFor()
  await line.stop()
})

test('a server that dies while it answers: the page says so, and asks again at the next', async () => {
  model.on('dies', () => endless)
  const page = await openPanel('mara')
  await question(page, 'The server dies')
  await page.getByText('Word.').waitFor()
  await b.server.kill()
  await page.getByText('The connection is lost. Trying again…').waitFor()
  model.on('dies', () => ({ say: ['Risen again.'] }))
  await b.server.start()
  await page.getByText('The server stopped before the answer was finished.').waitFor({ timeout: 30_000 })
  await expectAccessible(page, 'an answer that was interrupted')
  await again(page).click()
  await page.getByText('Risen again.').waitFor()
})
