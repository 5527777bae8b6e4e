import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

test('an attribute is added, given to somebody, changed and removed, and says first who loses values', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/people' })
  await page.getByRole('link', { name: 'Attributes' }).click()
  await page.getByText('No attribute yet').waitFor()
  await settled(page)
  await expectAccessible(page, 'no attributes')
  await page.keyboard.press('n')
  const form = page.getByRole('dialog', { name: 'Add an attribute' })
  await form.getByLabel('Name').fill('Region')
  await expectAccessible(page, 'adding an attribute')
  await page.keyboard.press('Enter')
  await form.getByRole('textbox', { name: 'Name' }).and(page.locator('[aria-invalid=true]')).waitFor()
  await form.getByLabel('Name').fill('region')
  await form.getByLabel('Takes several values').check()
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('row', { name: /user\.region Text, several values 0/ }).waitFor()
  await screenshot(page, 'attributes')

  const all = (await (await page.request.get('/api/people?q=okon')).json()) as { people: { id: string }[] }
  const given = { attributes: { region: ['north', 'south'] } }
  expect((await page.request.patch(`/api/people/${all.people[0]?.id}`, { data: given })).ok()).toBe(true)
  await page.reload()
  await page.getByRole('row', { name: /user\.region Text, several values 1/ }).waitFor()
  await page.getByRole('button', { name: 'Change the type of region' }).click()
  const change = page.getByRole('dialog', { name: 'Change the type of region' })
  await change.getByLabel('Takes several values').uncheck()
  await change.getByText('One user loses the values that they have of it.').waitFor()
  await expectAccessible(page, 'changing the type of an attribute')
  await screenshot(page, 'attribute-losing')
  await change.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /user\.region Text 0/ }).waitFor()
  await page.getByRole('button', { name: 'Remove region' }).click()
  const question = page.getByRole('dialog', { name: 'Remove the attribute region?' })
  await question.getByText('Nobody has values of it.').waitFor()
  await expectAccessible(page, 'the question before an attribute goes')
  await question.getByRole('button', { name: 'Remove' }).click()
  await page.getByText('No attribute yet').waitFor()
})

test('what the policy names stays, and says where', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/people/attributes' })
  await page.request.put('/api/attributes/territory', { data: { type: 'text' } })
  const policy = await (await page.request.get('/api/policy')).json()
  const scope = {
    name: 'own-territory',
    collection: 'accounts',
    expression: 'record.country != null && record.country == user.territory',
  }
  policy.document.scopes.push(scope)
  const put = await page.request.put('/api/policy', { data: { document: policy.document, epoch: policy.epoch } })
  expect(put.status(), await put.text()).toBe(200)
  await page.reload()
  await page.getByRole('row', { name: /user\.territory .*Data scope own-territory of accounts.*In use/ }).waitFor()
  expect(await page.getByRole('button', { name: 'Remove territory' }).count()).toBe(0)
  await settled(page)
  await expectAccessible(page, 'an attribute in use')
  await screenshot(page, 'attribute-in-use')
})

test('whoever does not manage the policy finds nothing at the address', async () => {
  const page = await b.open({ as: 'mara', at: '/settings/people/attributes' })
  await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
})
