import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, settled } from './support/browser'
import { binary } from './support/paths'

const b = bench()
const many = 10_000

/** Puts so many leads beside those of the demo company, and returns how many there are. */
async function fill(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'remit-e2e-rows-'))
  const file = join(folder, 'leads.csv')
  const lines = Array.from({ length: many }, (_, n) => `Lead ${String(n).padStart(5, '0')},Company ${n % 997}`)
  await writeFile(file, ['name,company', ...lines, ''].join('\n'))
  const database = `sqlite:${join(b.server.data, 'remit.db')}`
  await promisify(execFile)(binary, ['import', 'leads', file, '--database', database])
  await rm(folder, { recursive: true })
}

const rows = (page: Page) => page.locator('tbody tr[data-row]')

/** The rows in the document: their places and, read as one, whether any place in sight is empty. */
const inSight = (page: Page) =>
  page.getByRole('region', { name: 'Leads' }).evaluate(scroller => {
    const { top, bottom } = scroller.getBoundingClientRect()
    const all = [...scroller.querySelectorAll<HTMLElement>('tr[data-row]')]
    const places = all.map(row => Number(row.dataset.row))
    const first = all[0]?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY
    const end = all.at(-1)?.getBoundingClientRect().bottom ?? 0
    return {
      places,
      blank: first > top + 41 || end < Math.min(bottom, top + scroller.scrollHeight) - 2,
    }
  })

test('ten thousand rows: read by wheel and by keyboard to the last, few in the document, none twice', async () => {
  await fill()
  const page = await b.open({ as: 'ingrid', at: '/records/leads?sort=name' })
  await rows(page).first().waitFor()
  const counted = await page.request.post('/api/collections/leads/query', { data: { limit: 1, total: true } })
  const { total } = (await counted.json()) as { total: number }
  expect(total).toBeGreaterThanOrEqual(many)

  // By wheel over a few pages: every place once, in order, and what stays in sight is not made anew.
  const scroller = page.getByRole('region', { name: 'Leads' })
  await scroller.hover()
  await scroller.evaluate(element => {
    const seen = new Map<string, string>()
    const look = () => {
      for (const row of element.querySelectorAll<HTMLElement>('tr[data-row]')) {
        const place = row.dataset.row as string
        const title = row.querySelector('a')?.textContent ?? ''
        seen.set(place, seen.has(place) && seen.get(place) !== title ? 'two records in one place' : title)
      }
      element.dataset.seen = JSON.stringify([...seen])
    }
    look()
    new MutationObserver(look).observe(element.querySelector('tbody') as Element, { childList: true })
  })
  for (let step = 0; step < 60; step++) {
    const kept = await scroller.evaluate(element => {
      const all = [...element.querySelectorAll<HTMLElement>('tr[data-row]')]
      for (const row of all) row.dataset.mark = '1'
      return Number(all.at(-1)?.dataset.row)
    })
    await page.mouse.wheel(0, 600)
    await page.waitForFunction(
      from =>
        [...document.querySelectorAll('tr[data-row]')].some(row => Number((row as HTMLElement).dataset.row) > from),
      kept,
    )
    const { places } = await inSight(page)
    expect(places.length).toBeLessThan(60)
    const marked = await rows(page).and(page.locator('[data-mark]')).count()
    expect(marked, 'rows that stayed in sight were kept').toBeGreaterThan(0)
  }
  const seen = new Map(JSON.parse((await scroller.getAttribute('data-seen')) ?? '[]') as [string, string][])
  expect(seen.size).toBeGreaterThan(700)
  expect([...seen.keys()].map(Number).sort((one, other) => one - other)).toEqual([...seen.keys()].map((_, n) => n))
  expect([...seen.values()]).not.toContain('two records in one place')
  const expected = await page.request.post('/api/collections/leads/query', {
    data: { limit: 700, sort: ['name'], fields: ['name'] },
  })
  const { records } = (await expected.json()) as { records: { name: string }[] }
  expect(records.map((_, n) => seen.get(String(n)))).toEqual(records.map(record => record.name))

  // By keyboard: End leads to the very last record, PageUp back without a gap.
  await scroller.focus()
  await page.keyboard.press('End')
  await page.waitForFunction(
    last => document.querySelector(`tr[aria-rowindex="${last}"]`) && !document.querySelector('[aria-busy="true"]'),
    total + 1,
    { timeout: 30_000 },
  )
  expect((await inSight(page)).blank).toBe(false)
  expect(await rows(page).count()).toBeLessThan(60)
  await page.keyboard.press('PageUp')
  await page.waitForFunction(last => !document.querySelector(`tr[aria-rowindex="${last}"]`), total + 1)
  expect((await inSight(page)).blank).toBe(false)

  // Another order begins again at the top.
  await page.getByRole('button', { name: 'Company', exact: true }).click()
  await page.locator('[aria-sort="ascending"]').getByText('Company').waitFor()
  await page.locator('tr[aria-rowindex="2"]').waitFor()
  await settled(page)
  const { places } = await inSight(page)
  expect(places[0]).toBe(0)
})
