import { readdir, readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bench, settled } from './support/browser'

/** What a route may load in scripts, gzipped, in bytes. */
const limit = 300 * 1024

/** The same with the panel of the AI employees open beside the page, which a reload keeps open. */
const limitBeside = 350 * 1024

const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1)

const b = bench()

/** Every route of the app, and an address of it; layouts that bring scripts of their own beside them. */
async function addresses(page: Page): Promise<Map<string, string>> {
  const ask = async (path: string, data?: object) =>
    (await (data ? page.request.post(path, { data }) : page.request.get(path))).json()
  const { records } = await ask('/api/collections/opportunities/query', { limit: 1 })
  const { conversations } = await ask('/api/conversations')
  const me = await ask('/api/me')
  const opportunity = `/records/opportunities/${records[0].id}`
  return new Map([
    ['/', '/'],
    ['/account', '/account'],
    ['/conversations', '/conversations'],
    ['/conversations/$id', `/conversations/${conversations[0].id}`],
    ['/records/$collection', '/records/opportunities'],
    ['/records/$collection as a board', '/records/opportunities?as=board'],
    ['/records/$collection as a calendar', '/records/activities?as=calendar'],
    ['/records/$collection/new', '/records/opportunities/new'],
    ['/records/$collection/import', '/records/leads/import'],
    ['/records/$collection/$id', opportunity],
    ['/records/$collection/$id/edit', `${opportunity}/edit`],
    ['/search', '/search?q=a'],
    ['/settings/company', '/settings/company'],
    ['/settings/departments', '/settings/departments'],
    ['/settings/employees', '/settings/employees'],
    ['/settings/employees/$employee', '/settings/employees/viz'],
    ['/settings/explain', '/settings/explain'],
    ['/settings/fields', '/settings/fields'],
    ['/settings/people', '/settings/people'],
    ['/settings/people/attributes', '/settings/people/attributes'],
    ['/settings/people/$id', `/settings/people/${me.id}`],
    ['/settings/roles', '/settings/roles'],
    ['/settings/services', '/settings/services'],
    ['/settings/services/$service', '/settings/services/offline'],
    ['/settings/usage', '/settings/usage'],
    ['/sign-in', '/sign-in'],
  ])
}

/** The paths that the features' routes.tsx give. */
async function declared(): Promise<string[]> {
  const folder = fileURLToPath(new URL('../src/features', import.meta.url))
  const files = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('routes.tsx'))
  const texts = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')))
  return texts.flatMap(text => [...text.matchAll(/path: '([^']+)'/g)].map(found => found[1] as string))
}

const weights = new Map<string, Promise<number>>()

/** How many bytes a script comes in for a browser that takes gzip. */
function weigh(url: string): Promise<number> {
  const known = weights.get(url)
  if (known) return known
  const weight = new Promise<number>((resolve, reject) => {
    get(url, { headers: { 'Accept-Encoding': 'gzip' } }, async response => {
      let bytes = 0
      for await (const chunk of response) bytes += (chunk as Buffer).length
      const packed = response.headers['content-encoding'] === 'gzip' || bytes < 1024
      if (response.statusCode === 200 && packed) resolve(bytes)
      else reject(new Error(`${url}: ${response.statusCode}, ${bytes} bytes not compressed`))
    }).on('error', reject)
  })
  weights.set(url, weight)
  return weight
}

/** What a visit with an empty cache loads in scripts. */
async function visit(
  page: Page,
  at: string,
  ready: () => Promise<unknown>,
): Promise<{ bytes: number; names: string[] }> {
  const urls = new Set<string>()
  const note = (request: { resourceType(): string; url(): string }) => {
    if (request.url().endsWith('.js')) urls.add(request.url())
  }
  page.on('request', note)
  await page.goto(at)
  await ready()
  page.off('request', note)
  const bytes = await Promise.all([...urls].map(weigh))
  return { bytes: bytes.reduce((sum, one) => sum + one, 0), names: [...urls].map(url => url.replace(/.*\//, '')) }
}

test('every route loads at most 300 KB of scripts, in German, with the charts that it shows', async () => {
  const page = await b.open({ as: 'emil', locale: 'de-DE' })
  await settled(page)
  await page.keyboard.press('Control+j')
  await page.getByRole('textbox', { name: 'Frage' }).fill('Opportunities by stage')
  await page.keyboard.press('Enter')
  const chart = page.getByRole('figure').getByRole('img').first()
  await chart.waitFor()
  const routes = await addresses(page)
  expect(
    (await declared()).filter(path => !routes.has(path)),
    'routes without an address here',
  ).toEqual([])

  const table: string[] = []
  const heavy: string[] = []
  const weighed = async (route: string, at: string, most: number, withChart: boolean) => {
    const { bytes, names } = await visit(page, at, async () => {
      if (withChart) await chart.waitFor()
      await settled(page)
    })
    expect(
      names.some(name => name.startsWith('Plot-')),
      `${route}: a chart was loaded`,
    ).toBe(withChart)
    table.push(`${kilobytes(bytes).padStart(7)} KB  ${String(names.length).padStart(3)} files  ${route}`)
    if (bytes > most) heavy.push(`${route}: ${kilobytes(bytes)} KB`)
  }
  // A person may leave the panel open beside any page; the heaviest are enough.
  for (const route of ['/', '/records/$collection', '/settings/roles']) {
    await weighed(`${route}, the panel and its chart beside it`, routes.get(route) as string, limitBeside, true)
  }
  await page.getByRole('button', { name: 'Leiste schließen' }).click()
  for (const [route, at] of routes) {
    if (route === '/sign-in') await page.context().clearCookies()
    await weighed(route, at, limit, route === '/conversations/$id')
  }
  process.stdout.write(`JavaScript by route, gzipped (at most ${kilobytes(limit)} KB):\n${table.join('\n')}\n`)
  expect(heavy, 'routes that load too much').toEqual([])
}, 180_000)
