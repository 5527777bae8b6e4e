import type { Page } from 'playwright-core'

type Texts = { [key: string]: string | Texts }
const files = (all: Record<string, unknown>) => Object.values(all) as Texts[]
const english = files(import.meta.glob('../../src/**/i18n/en.ts', { eager: true, import: 'default' }))
const german = files(import.meta.glob('../../src/**/i18n/de.ts', { eager: true, import: 'default' }))
const model = import.meta.glob('../../src/app/model.de.ts', { eager: true, import: 'model' })

const values = (texts: Texts): string[] =>
  Object.values(texts).flatMap(text => (typeof text === 'string' ? [text] : values(text)))
const keys = (texts: Texts, before = ''): string[] =>
  Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'string' ? [`${before}${key}`] : keys(text, `${before}${key}.`),
  )

const ours = new Set([...german.flatMap(values), ...files(model).flatMap(values)])
const theirs = english.flatMap(values).filter(text => /[A-Za-z]{3}/.test(text) && !ours.has(text))
/** `{{count}} records` as what it may look like on a screen. */
const patterns = theirs
  .filter(text => text.includes('{{') && text.replace(/\{\{.*?\}\}/g, '').trim().length > 5)
  .map(
    text =>
      new RegExp(
        `^${text
          .split(/\{\{.*?\}\}/)
          .map(quoted)
          .join('.+')}$`,
      ),
  )
/** The title of a task as shipped: data, which happens to be a text of ours as well. */
const titles = ['Explain access']
const plain = new Set(theirs.filter(text => !text.includes('{{') && !titles.includes(text)))
const known = new Set(english.flatMap(texts => keys(texts)).filter(key => key.includes('.')))

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** The words on the screen that are a key, or English although the app has German for them. */
export async function leftovers(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found = new Set<string>()
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.parentElement?.closest('script, style')) found.add(node.textContent?.trim() ?? '')
    }
    for (const element of document.querySelectorAll('[aria-label], [placeholder], [title]')) {
      for (const name of ['aria-label', 'placeholder', 'title']) found.add(element.getAttribute(name)?.trim() ?? '')
    }
    return [...found]
  })
  return texts
    .filter(
      text => known.has(text) || /^[a-z-]+:[a-z]+\./.test(text) || plain.has(text) || patterns.some(p => p.test(text)),
    )
    .map(text => `“${text}” is not German`)
}

/** Labels that are longer than what holds them, and say so by nothing. */
export async function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, label, th, h1, h2, h3, [role=tab], .mantine-Button-label')]
      .filter(element => {
        const style = getComputedStyle(element)
        const cut = style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis'
        return cut && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1
      })
      .map(element => `“${element.textContent?.trim()}” is cut off`),
  )
}

/** Whether the page scrolls sideways. */
export async function sideways(page: Page): Promise<string[]> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  return over > 0 ? [`scrolls sideways by ${over} px`] : []
}
