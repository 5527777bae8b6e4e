import { MantineProvider } from '@mantine/core'
import { render } from '@testing-library/react'
import { beforeAll, expect, test, vi } from 'vitest'
import { startI18n } from '@/app/i18n'
import { Answer } from './Answer'

vi.mock('@tanstack/react-router', () => ({ useRouter: () => ({ history: { push() {} } }) }))

beforeAll(async () => {
  await startI18n()
})

/** The elements of an answer, without classes. */
function html(text: string): string {
  const { container } = render(
    <MantineProvider>
      <Answer text={text} />
    </MantineProvider>,
  )
  const answer = container.querySelector('[dir="auto"]') as HTMLElement
  for (const one of answer.querySelectorAll('*')) one.removeAttribute('class')
  return answer.innerHTML
}

test.each([
  [
    '# One\n\na **b** *c* ~~d~~ `e`  \nf',
    '<p>One</p><p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code><br>f</p>',
  ],
  ['- a\n- b\n  1. c', '<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>'],
  ['3. a\n\n4. b', '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'],
  ['- [ ] a\n- [x] b', '<ul><li><span>☐ </span>a</li><li><span>☑ </span>b</li></ul>'],
  ['> a\n\n---\n\n```js\nb\n```', '<blockquote><p>a</p></blockquote><hr><pre tabindex="0"><code>b\n</code></pre>'],
  ['<b>a</b> &amp; \\*', '<p>&lt;b&gt;a&lt;/b&gt; &amp; *</p>'],
  ['[a][r]\n\n[r]: /records/leads', '<p><a href="/records/leads">a</a></p>'],
  ['[a](/\\evil.example)', '<p><a href="/%5Cevil.example">a</a></p>'],
  ['https://evil.example/x', '<p><span>https://evil.example/x </span></p>'],
])('Markdown becomes elements: %s', (text, elements) => {
  expect(html(text)).toBe(elements)
})

test('a table has a head, sides, and as many cells in each row', () => {
  const table = html('| a | b |\n|---|--:|\n| 1 | **2** |\n| 3 |')
  expect(table).toContain('<th scope="col">a</th><th scope="col" style="text-align: right;">b</th>')
  expect(table).toContain('<tr><td>3</td><td style="text-align: right;"></td></tr>')
  expect(table).toContain('<strong>2</strong>')
})
