import { expect, test } from 'vitest'
import { bench, expectAccessible, person, screenshot, settled } from './support/browser'

const b = bench()

test('signing in, the home page, signing out', async () => {
  const page = await b.open()
  await page.waitForURL('**/sign-in')
  await expectAccessible(page, 'the sign-in page')
  await screenshot(page, 'sign-in')
  await page.getByLabel('E-mail address').fill(person('mara').email)
  await page.getByLabel('Password').first().fill(person('mara').password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: /, Mara$/ }).waitFor()
  await settled(page)
  await expectAccessible(page, 'the home page')
  await screenshot(page, 'home')
  await screenshot(page, 'home-dark', { dark: true })

  await page.getByRole('button', { name: 'Account of Mara Okonkwo' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
  await expectAccessible(page, 'the menu of the account')
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  await page.goto('/')
  await page.waitForURL('**/sign-in')
})

test('a wrong password says so, and nothing of the address', async () => {
  const page = await b.open({ at: '/sign-in' })
  await page.getByLabel('E-mail address').fill('nobody@larkfield.example')
  await page.getByLabel('Password').first().fill('not the password')
  await page.keyboard.press('Enter')
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.innerText()).toBe('The e-mail address or the password is not right.')
  await expectAccessible(page, 'the sign-in page with an error')
})

test('whoever comes without a session signs in and is brought back', async () => {
  const page = await b.open({ at: '/records/opportunities?x=1' })
  await page.waitForURL('**/sign-in?next=*')
  await page.getByLabel('E-mail address').fill(person('mara').email)
  await page.getByLabel('Password').first().fill(person('mara').password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/records/opportunities?x=1')
  await page.getByRole('heading', { level: 1, name: 'Opportunities' }).waitFor()
})

test('a link cannot lead elsewhere after signing in', async () => {
  for (const next of ['https://evil.example/', '//evil.example/', 'javascript:alert(1)', '/\\evil.example']) {
    const page = await b.open({ at: `/sign-in?next=${encodeURIComponent(next)}`, as: 'mara' })
    await page.getByRole('heading', { level: 1, name: /, Mara$/ }).waitFor()
    expect(new URL(page.url()).origin).toBe(b.server.url)
  }
})

test('a session that ends brings to the sign-in page and back', async () => {
  const page = await b.open({ as: 'mara', at: '/records/accounts' })
  await settled(page)
  await page.context().clearCookies()
  await page.getByRole('link', { name: 'Contacts' }).click()
  await page.waitForURL('**/sign-in?next=*')
  await page.getByText('Your session has ended.').waitFor()
  await page.getByLabel('E-mail address').fill(person('mara').email)
  await page.getByLabel('Password').first().fill(person('mara').password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/records/contacts')
})
