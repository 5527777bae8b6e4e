import { MantineProvider } from '@mantine/core'
import { render } from '@testing-library/react'
import { beforeAll, expect, test, vi } from 'vitest'
import { startI18n } from '@/app/i18n'
import corpus from '../../../../e2e/support/hostile.json'
import { Answer } from './Answer'
import { pathWithin, pieces, visible } from './text'

vi.mock('@tanstack/react-router', () => ({ useRouter: () => ({ history: { push() {} } }) }))

beforeAll(async () => {
  await startI18n()
})

const shown = (text: string) =>
  render(
    <MantineProvider>
      <Answer text={text} />
    </MantineProvider>,
  ).container

const allowed =
  /^(p|ul|ol|li|blockquote|strong|em|del|code|pre|hr|br|table|thead|tbody|tr|th|td|a|div|span|small|svg|path|style)$/

test.each(corpus.map((text, n): [number, string] => [n, text]))('renders inert: %i', (_, text) => {
  const container = shown(text)
  for (const element of container.querySelectorAll('*')) {
    const name = element.tagName.toLowerCase()
    expect(name).toMatch(allowed)
    for (const { name: attribute, value } of element.attributes) {
      expect(attribute).not.toMatch(/^on|^src|^srcset|^srcdoc|^background|^poster|^ping|^target|^formaction/)
      expect(value).not.toMatch(/^\s*(javascript|data|vbscript|blob|file):/i)
    }
    if (name === 'style') expect(element.textContent).not.toMatch(/url\(|@import/)
  }
  for (const link of container.querySelectorAll('a')) expect(new URL(link.href).origin).toBe(location.origin)
  expect(container.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]/)
})

test('links lead within the app, and elsewhere they are text with their address', () => {
  expect(shown('[deal](/records/opportunities)').querySelector('a')?.getAttribute('href')).toBe(
    '/records/opportunities',
  )
  const outside = shown('[your bank](https://evil.example/login)')
  expect(outside.querySelector('a')).toBeNull()
  expect(outside.textContent).toContain('your bank (https://evil.example/login)')
})

test('only screens of this app are links', () => {
  const at = 'https://crm.example'
  expect(pathWithin('/records/leads?x=1#y', at)).toBe('/records/leads?x=1#y')
  expect(pathWithin('https://crm.example/search', at)).toBe('/search')
  for (const bad of [
    '//evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    'https:evil',
    'https://crm.example@evil.example/',
    'https://u:p@crm.example/',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'http://crm.example/',
    '/api/session',
    '#x',
    'mailto:a@b.example',
    'https://crm.example:444/',
  ]) {
    const path = pathWithin(bad, at)
    expect(path === null || new URL(path, at).origin === at, bad).toBe(true)
    if (bad !== 'https:evil') expect(path, bad).toBeNull()
  }
})

test('look-alike words are told, honest ones left alone', () => {
  const odd = (text: string) =>
    pieces(text)
      .filter(piece => piece.odd)
      .map(piece => piece.text)
  expect(odd('Log in at pаypal or аррӏе with 𝐩𝐚𝐲')).toEqual(['pаypal', 'аррӏе', '𝐩𝐚𝐲'])
  expect(odd('Müller, Ångström, Москва, Αθήνα, 東京, naïve, 3rd')).toEqual([])
})

test('what cannot be seen is shown, joiners of emoji and scripts stay', () => {
  expect(visible('a\u202eb\u200bc')).toBe('a‹U+202E›b‹U+200B›c')
  expect(visible('👩\u200d💻 می\u200cخواهم')).toBe('👩\u200d💻 می\u200cخواهم')
  expect(visible(`z${'\u0301'.repeat(40)}`)).toBe(`z${'\u0301'.repeat(4)}`)
})
