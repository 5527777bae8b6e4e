import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'

const b = bench()

test('users are found by name, department and role, and the address keeps it', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/people' })
  await page.getByRole('link', { name: 'Mara Okonkwo' }).waitFor()
  await settled(page)
  await expectAccessible(page, 'the users')
  await screenshot(page, 'users')
  await page.getByLabel('Name or e-mail address').fill('okon')
  await page.getByRole('link', { name: 'Jonas Petrov' }).waitFor({ state: 'hidden' })
  expect(page.url()).toContain('q=okon')
  await page.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: 'Finance', exact: true }).click()
  await page.getByText('Nobody matches').waitFor()
  await expectAccessible(page, 'no user that matches')
  await page.reload()
  await page.getByText('Nobody matches').waitFor()
})

test('whoever does not manage people is offered no users, and finds nothing at the address', async () => {
  const page = await b.open({ as: 'mara', at: '/settings/people' })
  await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
  expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0)
})

test('a user is added, and their initial password is shown once', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/people' })
  await settled(page)
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'Add a user' })
  await dialog.getByLabel('Name').fill('Nadia Ferrante')
  await dialog.getByLabel('E-mail address').fill('mara.okonkwo@larkfield.example')
  await dialog.getByRole('combobox', { name: 'Roles' }).click()
  await page.getByRole('option', { name: /sales rep/i }).click()
  await page.keyboard.press('Tab')
  await expectAccessible(page, 'adding a user')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await dialog.getByRole('textbox', { name: 'E-mail address' }).and(page.locator('[aria-invalid=true]')).waitFor()
  await dialog.getByLabel('E-mail address').fill('nadia.ferrante@larkfield.example')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  const made = page.getByRole('dialog', { name: 'Nadia Ferrante can sign in now' })
  expect(await made.getByLabel('Initial password', { exact: true }).inputValue()).not.toBe('')
  await expectAccessible(page, 'the initial password')
  await made.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('row', { name: /Nadia Ferrante.*Initial password/ }).waitFor()
})

test('whoever got a password from somebody else chooses their own when signing in', async () => {
  const page = await b.open({ as: 'emil' })
  const nora = { name: 'Nora Ferrante', email: 'nora.ferrante@larkfield.example', roles: [{ name: 'sales-rep' }] }
  const answer = await page.request.post('/api/people', { data: nora })
  const { initial_password: password } = (await answer.json()) as { initial_password: string }
  const hers = await b.open({ at: '/sign-in' })
  await hers.getByLabel('E-mail address').fill(nora.email)
  await hers.getByLabel('Password').first().fill(password)
  await hers.keyboard.press('Enter')
  await hers.getByRole('heading', { name: 'Choose your own password' }).waitFor()
  await expectAccessible(hers, 'choosing a password')
  const choose = async (chosen: string) => {
    await hers.getByRole('textbox', { name: 'New password' }).fill(chosen)
    await hers.getByRole('textbox', { name: 'The same once more' }).fill(chosen)
    await hers.keyboard.press('Enter')
  }
  await choose('password1234567')
  await hers.getByText('is on the lists that guessers begin with').waitFor()
  await expectAccessible(hers, 'a password that is refused')
  await choose('granite otter piano 44')
  await hers.getByRole('heading', { level: 1, name: /, Nora$/ }).waitFor()
})

async function openPerson(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await settled(page)
}

test('a user is changed, gets a new password, and is deactivated', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/people?q=samir' })
  await openPerson(page, 'Samir Kowalczyk')
  await page.getByText('No API token').waitFor()
  await expectAccessible(page, 'a user')
  await screenshot(page, 'user', { fullPage: true })
  await page.getByLabel('Position').fill('Account manager')
  await page.getByRole('combobox', { name: 'Department' }).click()
  await page.getByRole('option', { name: 'Finance' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved').waitFor()
  await page.reload()
  await page.getByLabel('Position').waitFor()
  expect(await page.getByLabel('Position').inputValue()).toBe('Account manager')

  await page.getByRole('combobox', { name: 'Add a role' }).click()
  await page.getByRole('option', { name: 'Finance', exact: true }).click()
  await page.getByLabel('End of the role Finance', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Save roles' }).click()
  await page.getByText('Saved').first().waitFor()

  await page.getByRole('button', { name: 'Set a new password' }).click()
  const sure = page.getByRole('dialog', { name: 'Set a new password for Samir Kowalczyk?' })
  await expectAccessible(page, 'a question before')
  await sure.getByRole('button', { name: 'Set a new password' }).click()
  await page
    .getByRole('dialog', { name: 'New password of Samir Kowalczyk' })
    .getByRole('button', { name: 'Done' })
    .click()

  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('Is not active').waitFor()
  await page.getByRole('button', { name: 'Activate', exact: true }).click()
  await page.getByText('Is active').waitFor()
})

test('the last administrator stays one, and is told why', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/people?q=emil' })
  await openPerson(page, 'Emil Novak')
  expect(await page.getByRole('button', { name: 'View as' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await page
    .getByRole('alert')
    .getByText(/nobody to administer/)
    .waitFor()
  await expectAccessible(page, 'a refusal')
  await page.getByRole('button', { name: 'Take the role Administrator away' }).click()
  await page.getByRole('button', { name: 'Save roles' }).click()
  await page.getByRole('alert').nth(1).waitFor()
})

test('a session of somebody is ended, and one views as them', async () => {
  const theirs = await b.open({ as: 'anouk' })
  const page = await b.open({ as: 'emil', at: '/settings/people?q=anouk' })
  await openPerson(page, 'Anouk Brandt')
  await page.getByRole('button', { name: /^End the session of/ }).click()
  await page.getByText('Not signed in anywhere').waitFor()
  await theirs.getByRole('link', { name: 'Leads' }).click()
  await theirs.waitForURL('**/sign-in?next=*')

  await page.getByRole('button', { name: 'View as' }).click()
  await page.getByText('You view as Anouk Brandt.').waitFor()
  expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0)
  await page.getByRole('button', { name: 'End the view' }).click()
  await page.getByRole('link', { name: 'Users' }).waitFor()
})

test('users on a phone', async () => {
  const page = await b.open({ as: 'emil', at: '/settings/people', viewport: { width: 390, height: 800 } })
  await page.getByRole('link', { name: 'Anouk Brandt' }).waitFor()
  await expectAccessible(page, 'the users on a phone')
  await screenshot(page, 'users-phone')
  await openPerson(page, 'Anouk Brandt')
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await screenshot(page, 'user-phone')
})
