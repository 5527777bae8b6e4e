import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, settled } from './support/browser'
import { clipped, leftovers, sideways } from './support/german'

const b = bench(undefined, { keepSessions: true })

const records = [
  '/',
  '/records/leads',
  '/records/opportunities?as=board&q=Service',
  '/records/activities?as=calendar',
  '/records/accounts/new',
  '/records/leads/import',
  '/search',
  '/conversations',
  '/account',
]
const settings = [
  '/settings/people',
  '/settings/people/attributes',
  '/settings/departments',
  '/settings/employees',
  '/settings/employees/finance-analyst',
  '/settings/roles?role=sales-rep&tab=data',
  '/settings/roles?role=sales-rep&tab=pages',
  '/settings/roles?role=sales-rep&tab=employees',
  '/settings/roles?role=sales-rep&tab=tasks',
  '/settings/fields?collection=accounts',
  '/settings/explain',
  '/settings/company',
]

async function look(page: Page, at: string): Promise<string[]> {
  const told = [...(await leftovers(page)), ...(await clipped(page)), ...(await sideways(page))]
  return told.map(text => `${at}: ${text}`)
}

test('German screens hold no key, no English of ours, nothing cut off', { timeout: 180_000 }, async () => {
  const page = await b.open({ as: 'emil', at: '/sign-in', locale: 'de-DE' })
  const wrong: string[] = []
  for (const at of [...records, ...settings]) {
    await page.goto(at)
    await settled(page)
    wrong.push(...(await look(page, at)))
  }
  expect(wrong).toEqual([])
})
