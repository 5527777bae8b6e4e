import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, settled } from './support/browser'

const b = bench(undefined, { keepSessions: true })

/**
 * Goes once around the page with Tab. Says where it got stuck, what can be pressed or
 * filled in and was not reached, what has the focus and does not show it, and what looks
 * as if it could be pressed and is nothing that a keyboard knows.
 */
async function around(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    const seen = { reached: new Set<Element>(), dim: new Set<string>(), again: false }
    const shows = (element: Element) => {
      const { outlineStyle, boxShadow } = getComputedStyle(element)
      return outlineStyle !== 'none' || boxShadow !== 'none'
    }
    document.addEventListener('focusin', ({ target }) => {
      const element = target as HTMLElement
      seen.again = seen.again || [...seen.reached][0] === element
      seen.reached.add(element)
      // What holds a value shows it by its border.
      if (element.matches('a, button:not([class*=Input-input])') && !shows(element))
        seen.dim.add(element.outerHTML.slice(0, 160))
    })
    Object.assign(window, { seen })
  })
  const isRound = () => page.evaluate(() => (window as unknown as { seen: { again: boolean } }).seen.again)
  for (let n = 0; n < 600; n++) {
    await page.keyboard.press('Tab')
    if (n % 10 === 9 && (await isRound())) break
  }
  if (!(await isRound())) return ['600 times Tab do not lead around the page']
  return page.evaluate(() => {
    const { reached, dim } = (window as unknown as { seen: { reached: Set<Element>; dim: Set<string> } }).seen
    const told = (element: Element) =>
      `${element.getAttribute('aria-label') ?? element.textContent?.trim()} ${element.outerHTML.slice(0, 160)}`
    // One of a group takes the focus, and the arrow keys move within it.
    const grouped = (element: Element) =>
      element.closest('[role=tablist], [role=radiogroup], [role=listbox], [role=grid], [role=tree]')
    const missed = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea')].filter(
      element =>
        element.checkVisibility({ visibilityProperty: true }) &&
        element.getClientRects().length > 0 &&
        !element.matches(':disabled, [data-disabled], [type=file], [type=hidden], [aria-hidden=true]') &&
        !reached.has(element) &&
        !grouped(element),
    )
    const pointed = [...document.querySelectorAll<HTMLElement>('main *')].filter(
      element =>
        getComputedStyle(element).cursor === 'pointer' &&
        !element.closest('a, button, label, input, select, textarea, summary, [role], [tabindex]'),
    )
    return [
      ...missed.map(element => `not reached: ${told(element)}`),
      ...[...dim].map(html => `does not show the focus: ${html}`),
      ...pointed.map(element => `looks like a button: ${told(element)}`),
    ]
  })
}

const screens = {
  mara: [
    '/',
    '/records/opportunities?q=Service Plan Basic',
    '/records/opportunities?as=board&q=Service',
    '/records/activities?as=calendar',
    '/records/contacts/new',
    '/search?q=alder',
    '/conversations',
    '/account',
  ],
  emil: [
    '/settings/people',
    '/settings/departments',
    '/settings/roles?role=sales-rep&tab=data',
    '/settings/roles?role=sales-rep&tab=employees',
    '/settings/employees/viz',
    '/settings/fields?collection=accounts',
    '/settings/explain',
    '/settings/company',
    '/records/leads/import',
  ],
}

test.each(Object.entries(screens))(
  'every control is reached with Tab, and shows it: %s',
  { timeout: 120_000 },
  async (as, list) => {
    const page = await b.open({ as, at: '/sign-in' })
    const wrong: string[] = []
    for (const at of list) {
      await page.goto(at, { waitUntil: 'networkidle' })
      await settled(page)
      wrong.push(...(await around(page)).map(text => `${at}: ${text}`))
    }
    expect(wrong).toEqual([])
  },
)
