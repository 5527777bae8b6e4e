import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { bench, expectAccessible, screenshot, settled } from './support/browser'
import { type Model, startModel } from './support/model'

let model: Model
const b = bench(async () => {
  model = await startModel()
  return {
    REMIT_OPENAI_BASE_URL: model.url,
    REMIT_OPENAI_API_KEY: 'key-of-the-test',
    REMIT_OPENAI_MODEL: 'scripted',
    REMIT_OPENAI_EGRESS: 'restricted',
    REMIT_MODEL_SERVICE: 'openai',
  }
})
afterAll(() => model?.stop())

const deals = { fn: 'count', as: 'deals' }
const revenue = { fn: 'sum', field: 'amount', as: 'revenue' }
const byStage = { collection: 'opportunities', measures: [deals, revenue], dimensions: [{ field: 'stage' }] }
const byMonth = {
  collection: 'opportunities',
  measures: [
    { fn: 'count', filter: { stage: 'won' }, as: 'won' },
    { fn: 'count', filter: { stage: 'lost' }, as: 'lost' },
  ],
  dimensions: [{ field: 'close_date', bucket: 'month', as: 'month' }],
}
const series = (...columns: string[]) => columns.map(column => ({ column }))

/** What the model asks for and has drawn, by the name of the chart. */
const charts: Record<string, { ask: object; draw: object; svg: string; marks: number }> = {
  'Revenue by stage': {
    ask: { ...byStage, limit: 3 },
    draw: { kind: 'bar', x: 'stage', series: series('revenue') },
    svg: 'g[fill] rect',
    marks: 3,
  },
  'Won and lost by month': {
    ask: byMonth,
    draw: { kind: 'bar', x: 'month', series: series('won', 'lost'), stacked: true },
    svg: 'g[fill]',
    marks: 2,
  },
  'Won over time': {
    ask: byMonth,
    draw: { kind: 'line', x: 'month', series: series('won', 'lost') },
    svg: 'path',
    marks: 2,
  },
  'Closed over time': {
    ask: byMonth,
    draw: { kind: 'area', x: 'month', series: series('won', 'lost'), stacked: true },
    svg: 'path',
    marks: 4,
  },
  'Deals by their stage': {
    ask: byStage,
    draw: { kind: 'pie', x: 'stage', series: series('deals') },
    svg: 'path',
    marks: 6,
  },
  'The funnel': {
    ask: byStage,
    draw: { kind: 'funnel', x: 'stage', series: series('deals') },
    svg: 'svg',
    marks: 0,
  },
  'All revenue': {
    ask: { collection: 'opportunities', measures: [revenue] },
    draw: { kind: 'kpi', series: series('revenue') },
    svg: 'svg',
    marks: 0,
  },
}

function rehearse(title: string): void {
  const { ask, draw } = charts[title] as (typeof charts)[string]
  model.on(title, step => {
    if (step === 0) return { call: { tool: 'aggregate_records', arguments: ask } }
    if (step === 1) return { call: { tool: 'draw_chart', arguments: { title, call: 'last', ...draw } } }
    return { say: ['There it is.'] }
  })
}

const figure = (page: Page, title: string) => page.getByRole('complementary').getByRole('figure', { name: title })

async function drawn(page: Page, title: string): Promise<void> {
  rehearse(title)
  if ((await page.getByRole('button', { name: 'New conversation' }).count()) > 0)
    await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByRole('textbox', { name: 'Question' }).fill(title)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor()
  await figure(page, title).waitFor()
}

async function openPanel(options: Parameters<typeof b.open>[0]): Promise<Page> {
  const page = await b.open({ as: 'ingrid', at: '/account', ...options })
  await settled(page)
  await page.keyboard.press('Control+j')
  await page.getByRole('textbox', { name: 'Question' }).waitFor()
  return page
}

test('charts of every kind are drawn, and are accessible in light and dark', async () => {
  const page = await openPanel({})
  for (const [title, { draw, svg, marks }] of Object.entries(charts)) {
    await drawn(page, title)
    const { kind } = draw as { kind: string }
    const box = figure(page, title)
    if (kind === 'kpi') await box.getByText(/\d/).waitFor()
    else await box.getByRole('img', { name: new RegExp(`^${title}\\. .+: .*\\d`) }).waitFor()
    expect(await box.locator('svg[width]').locator(svg).count(), `${kind}: marks`).toBeGreaterThanOrEqual(marks)
    await expectAccessible(page, `a chart: ${kind}`)
    const name = `chart-${kind}${marks === 2 && kind === 'bar' ? '-stacked' : ''}`
    await screenshot(page, name)
    await screenshot(page, `${name}-dark`, { dark: true })
  }
})

test('the figures of a point are shown by pointer and by keyboard, and all of them as a table', async () => {
  const page = await openPanel({})
  await drawn(page, 'Revenue by stage')
  const box = figure(page, 'Revenue by stage')
  const group = box.getByRole('group', { name: /arrow keys/ })
  await group.focus()
  await page.keyboard.press('ArrowRight')
  const first = await box.getByRole('status').innerText()
  expect(first).toMatch(/^\S.*: .*\d/)
  await page.keyboard.press('ArrowDown')
  const second = await box.getByRole('status').innerText()
  expect(second).not.toBe(first)
  await expectAccessible(page, 'a chart with the figures of a point')
  await page.keyboard.press('ArrowUp')
  expect(await box.getByRole('status').innerText()).toBe(first)
  await page.keyboard.press('Escape')
  expect(await box.getByRole('status').innerText()).toBe('')
  await group.hover({ position: { x: 150, y: 60 } })
  expect(await box.getByRole('status').innerText()).toMatch(/\d/)
  await box.getByRole('button', { name: 'Table' }).click()
  await box.getByRole('group', { name: 'Figures of Revenue by stage' }).waitFor()
  expect(await box.getByRole('row').count()).toBe(4)
})

test('a chart fits a phone', async () => {
  const page = await openPanel({ viewport: { width: 390, height: 800 } })
  rehearse('Won over time')
  await page.getByRole('textbox', { name: 'Question' }).fill('Won over time')
  await page.keyboard.press('Enter')
  const chart = page.getByRole('img', { name: /^Won over time/ })
  await chart.waitFor()
  const { x, width } = (await chart.boundingBox()) ?? { x: 0, width: 999 }
  expect(x + width).toBeLessThanOrEqual(390)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})
