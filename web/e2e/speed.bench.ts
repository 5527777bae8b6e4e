import type { Page } from 'playwright-core'
import { test } from 'vitest'
import { bench } from './support/browser'

// How long people wait, in milliseconds. These are figures to read, not limits that fail: `npm run speed`, on a machine that does nothing else.
const b = bench(undefined, { keepSessions: true })
const times = 7

type Wait = { what: string; at: string; as?: string; until: (page: Page) => Promise<void> }

const row = (page: Page) => page.locator('tbody tr[data-row]').first().waitFor()

const waits: Wait[] = [
  { what: 'sign-in', at: '/sign-in', until: page => page.getByRole('button', { name: 'Sign in' }).waitFor() },
  {
    what: 'home with its lists',
    at: '/',
    as: 'mara',
    until: page => page.getByRole('link', { name: 'See all' }).first().waitFor(),
  },
  { what: 'a table with its first rows', at: '/records/opportunities', as: 'mara', until: row },
]

/** A browser that has never been here, from the address to what the person came for. */
async function first({ at, as, until }: Wait): Promise<number> {
  const page = await b.open({ as, at: '/healthz' })
  const began = performance.now()
  await page.goto(at, { waitUntil: 'commit' })
  await until(page)
  const took = performance.now() - began
  await page.context().close()
  return took
}

/** From the press that sends a question to the first words of the answer. */
async function answer(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'AI employees' }).click()
  const box = page.getByRole('textbox', { name: 'Question' })
  await box.fill('How many open opportunities do I have?')
  const began = performance.now()
  await box.press('Enter')
  await page.getByText('that you may see').first().waitFor()
  return performance.now() - began
}

/** The longest and the middle frame while a table is scrolled by wheel. */
async function frames(page: Page): Promise<{ middle: number; longest: number }> {
  await page.getByRole('region', { name: 'Opportunities' }).hover()
  await page.evaluate(() => {
    const seen: number[] = []
    let last = performance.now()
    const next = (now: number) => {
      seen.push(now - last)
      last = now
      document.documentElement.dataset.frames = JSON.stringify(seen)
      requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
  for (let step = 0; step < 60; step++) {
    await page.mouse.wheel(0, 300)
    await page.waitForTimeout(16)
  }
  const seen = JSON.parse(await page.evaluate(() => document.documentElement.dataset.frames ?? '[]')) as number[]
  return { middle: middleOf(seen), longest: Math.max(...seen) }
}

const middleOf = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
const round = (n: number) => Math.round(n)

test('how long people wait', { timeout: 300_000 }, async () => {
  const told: Record<string, unknown>[] = []
  for (const wait of waits) {
    const all: number[] = []
    for (let n = 0; n < times; n++) all.push(await first(wait))
    told.push({
      what: wait.what,
      middle: round(middleOf(all)),
      least: round(Math.min(...all)),
      most: round(Math.max(...all)),
    })
  }
  const page = await b.open({ as: 'ingrid', at: '/records/opportunities' })
  await row(page)
  const { middle, longest } = await frames(page)
  told.push({ what: 'a frame while scrolling', middle: round(middle), most: round(longest) })
  told.push({ what: 'the first words of an answer', middle: round(await answer(page)) })
  process.stdout.write(`${told.map(line => JSON.stringify(line)).join('\n')}\n`)
})
