import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { artifacts, chromium as executable, screenshots } from './paths'
import { type Server, startServer } from './server'

/** Loads or tries to load something from elsewhere, or is told off by the policy: both fail the test. */
class Guard {
  readonly offences: string[] = []

  constructor(private readonly origin: string) {}

  async watch(context: BrowserContext): Promise<void> {
    await context.route('**/*', route => {
      const url = new URL(route.request().url())
      if (url.origin === this.origin || url.protocol === 'data:' || url.protocol === 'blob:') return route.continue()
      this.offences.push(`a request to ${url.href}`)
      return route.abort()
    })
    context.on('page', page => {
      page.on('pageerror', error => this.offences.push(`an error: ${error.stack ?? error.message}`))
      page.on('console', message => {
        const text = message.text()
        if (/Content Security Policy|Content-Security-Policy/.test(text)) this.offences.push(text)
      })
    })
  }
}

export type Bench = {
  server: Server
  browser: Browser
  /** A fresh browser profile with one page. `as` signs in first, by the beginning of an e-mail address. */
  open: (options?: { as?: string; at?: string } & BrowserContextOptions) => Promise<Page>
}

type Options = {
  /** Everybody signs in once for the whole file: quicker, and within what the server lets one address try. */
  keepSessions?: boolean
}

/** A server, with variables of its own if there are any, and a browser for the tests of one file. Every test's pages are watched and closed after it. */
export function bench(env?: () => Promise<Record<string, string>>, { keepSessions }: Options = {}): Bench {
  const it = {} as Bench
  const kept = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>()
  let opened: { context: BrowserContext; guard: Guard }[] = []
  beforeAll(async () => {
    it.server = await startServer(inject('seeded'), await env?.())
    it.browser = await chromium.launch({
      executablePath: executable,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
    })
  })
  afterAll(async () => {
    await it.browser?.close()
    await it.server?.stop()
  })
  afterEach(async ({ task }) => {
    if (task.result?.errors?.length) await keepPictures(opened, task.name)
    const offences = opened.flatMap(({ guard }) => guard.offences)
    for (const { context } of opened) await context.close()
    opened = []
    expect(offences, 'requests that left the page, breaches of the policy, errors').toEqual([])
  })
  const enter = async (context: BrowserContext, as: string) => {
    const cookies = kept.get(as)
    if (cookies) return context.addCookies(cookies)
    await signIn(context, as)
    if (keepSessions) kept.set(as, await context.cookies())
  }
  it.open = async ({ as, at = '/', ...options } = {}) => {
    const context = await it.browser.newContext({
      baseURL: it.server.url,
      locale: 'en-US',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1360, height: 850 },
      reducedMotion: 'reduce',
      ...options,
    })
    const guard = new Guard(options.baseURL ?? it.server.url)
    await guard.watch(context)
    opened.push({ context, guard })
    if (as) await enter(context, as)
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    await page.goto(at)
    return page
  }
  return it
}

async function keepPictures(opened: { context: BrowserContext }[], test: string): Promise<void> {
  await mkdir(artifacts, { recursive: true })
  const pages = opened.flatMap(({ context }) => context.pages())
  for (const [n, page] of pages.entries()) {
    const path = join(artifacts, `${test.replace(/\W+/g, '-')}-${n}.png`)
    await page.screenshot({ path }).catch(() => {}) // the page may have crashed, which the test tells
  }
}

/** The demo person whose e-mail address begins so. */
export function person(beginning: string) {
  const found = inject('company').people.find(({ email }) => email.startsWith(beginning))
  if (!found) throw new Error(`nobody in the demo company is called ${beginning}`)
  return found
}

/** Signs a profile in by the API, which is faster than the form; the form has tests of its own. */
export async function signIn(context: BrowserContext, beginning: string): Promise<void> {
  const { email, password } = person(beginning)
  const answer = await context.request.post('/api/session', { data: { email, password } })
  if (!answer.ok()) throw new Error(`signing ${email} in: ${answer.status()} ${await answer.text()}`)
}

/** Waits until nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('main') && !document.querySelector('[aria-busy="true"]'))
}

const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * WCAG 2.2 AA and what axe calls best practice: no violation, in light and in dark.
 * The elements are the same in both, so in the dark only contrast is looked at again.
 * Within: only a part, where another test has looked at what stands around it.
 */
export async function expectAccessible(page: Page, name = 'this page', within?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForFunction(s => document.documentElement.dataset.mantineColorScheme === s, colorScheme)
    await faded(page)
    const axe = within ? new AxeBuilder({ page }).include(within) : new AxeBuilder({ page })
    const { violations } = await (colorScheme === 'light'
      ? axe.withTags(everything)
      : axe.withRules(['color-contrast', 'link-in-text-block'])
    ).analyze()
    const told = violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 200)}\n  ${n.failureSummary}`))
    expect(told, `${name} in ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

/** Waits until no colour is on its way to another: what axe would measure then is neither. */
async function faded(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
  await page.waitForFunction(() => !document.getAnimations().some(a => a instanceof CSSTransition))
}

/** Takes a picture for the documentation, if REMIT_SCREENSHOTS=1 asks for it; otherwise the tree stays clean. */
export async function screenshot(page: Page, name: string, options: { dark?: boolean; fullPage?: boolean } = {}) {
  if (process.env.REMIT_SCREENSHOTS !== '1') return
  await mkdir(screenshots, { recursive: true })
  if (options.dark) await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: options.fullPage })
  if (options.dark) await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}
