import { expect, test } from 'vitest'
import { bench, expectAccessible, person, screenshot, settled, signIn } from './support/browser'

const b = bench()

test('name, language and colours go with the person to another browser', async () => {
  const page = await b.open({ as: 'leila' })
  await page.getByRole('button', { name: 'Account of Leila Haddad' }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).click()
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor()
  await settled(page)
  await expectAccessible(page, 'the account')
  await screenshot(page, 'account', { fullPage: true })
  await page.getByRole('textbox', { name: 'Name' }).fill('Leila H. Haddad')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Account of Leila H. Haddad' }).waitFor()
  await page.getByText('Dark', { exact: true }).click()
  await page.getByRole('combobox', { name: 'Language' }).click()
  const stored = page.waitForResponse(r => r.url().endsWith('/api/me') && r.request().method() === 'PATCH')
  await page.getByRole('option', { name: 'Deutsch' }).click()
  await page.getByRole('heading', { level: 1, name: 'Ihr Konto' }).waitFor()
  await stored

  const other = await b.open({ as: 'leila', at: '/account' })
  await other.getByRole('heading', { level: 1, name: 'Ihr Konto' }).waitFor()
  expect(await other.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe('dark')
})

test('a password is changed, refused while it is weak, and the other sessions end', async () => {
  const page = await b.open({ as: 'wei', at: '/account' })
  await signIn(page.context(), 'wei') // in the place of the session before, which ends
  const other = await b.open({ as: 'wei' })
  await page.reload()
  await page.getByText('This browser').waitFor()
  await page.getByLabel('Current password').fill(person('wei').password)
  const choose = async (chosen: string) => {
    await page.getByRole('textbox', { name: 'New password' }).fill(chosen)
    await page.getByRole('textbox', { name: 'The same once more' }).fill(chosen)
    await page.getByRole('button', { name: 'Change the password' }).click()
  }
  await choose('short')
  await page.getByText('Needs at least 12 characters.').waitFor()
  await choose('castellano-wei-1')
  await page.getByText("holds the person's own name").waitFor()
  await expectAccessible(page, 'a password that is refused')
  const typed = page.getByRole('textbox', { name: 'New password' })
  const rules = page.getByRole('list', { name: 'What is asked of a password' })
  await typed.fill('castellano-wei-1')
  await rules.getByText('Holds your name or address').waitFor()
  await typed.fill('granitegranitegranite')
  await rules.getByText('A pattern').waitFor()
  await typed.fill('granite otter piano 44')
  await rules.getByText('Not easy to guess').waitFor()
  await expectAccessible(page, 'a password that would do')
  await choose('granite otter piano 44')
  await page.getByText('Your password is changed').waitFor()
  await other.getByRole('link', { name: 'Leads' }).click()
  await other.waitForURL('**/sign-in?next=*')

  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.waitForURL('**/sign-in')
})

test('a token is made, shown once, works, and is revoked', async () => {
  const page = await b.open({ as: 'diego', at: '/account' })
  await page.getByText('You have no API token').waitFor()
  await page.getByRole('button', { name: 'New token' }).click()
  const dialog = page.getByRole('dialog', { name: 'New token' })
  await dialog.getByLabel('What is it for?').fill('Reports')
  await expectAccessible(page, 'a new token')
  await dialog.getByRole('button', { name: 'Make the token' }).click()
  const made = page.getByRole('dialog', { name: 'Your new token' })
  const token = await made.getByRole('textbox', { name: 'Token', exact: true }).inputValue()
  await expectAccessible(page, 'the token, shown once')
  await screenshot(page, 'token')
  const call = () => fetch(`${b.server.url}/api/me`, { headers: { Authorization: `Bearer ${token}` } })
  expect((await call()).status).toBe(200)
  await made.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Revoke Reports' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('Revoked', { exact: true }).waitFor()
  await expectAccessible(page, 'a token that is revoked')
  expect((await call()).status).toBe(401)
  expect(await page.content()).not.toContain(token)
})

test('too many attempts to sign in are put off, and the page says until when', async () => {
  const page = await b.open({ at: '/sign-in' })
  const guess = () =>
    page.request.post('/api/session', { data: { email: 'nobody@larkfield.example', password: 'a guess' } })
  let status = 0
  for (let n = 0; n < 30 && status !== 429; n++) status = (await guess()).status()
  expect(status).toBe(429)
  await page.getByLabel('E-mail address').fill('nobody@larkfield.example')
  await page.getByLabel('Password').first().fill('a guess')
  await page.keyboard.press('Enter')
  await page
    .getByRole('alert')
    .getByText(/^Too many attempts\. Try again in \d+ seconds\.$/)
    .waitFor()
  await expectAccessible(page, 'attempts that are put off')
})
