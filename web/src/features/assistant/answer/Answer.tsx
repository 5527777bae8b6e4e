import { Box, Table } from '@mantine/core'
import { IconPhotoOff } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { Component, memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import classes from './Answer.module.css'
import { markOddWords } from './plugins'
import { type Oddity, pathWithin, readable, visible } from './text'

/** Longer than any answer; what is longer, or nested more deeply, is shown as it came. */
const longest = 60_000
const tooDeep = /^[ \t]*(?:(?:[>*+-]|\d{1,9}[.)])[ \t]*){24}/m

const elements = [
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'li',
  'blockquote',
  'strong',
  'em',
  'del',
  'code',
  'pre',
  'hr',
  'br',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'a',
  'img',
  'input',
  'mark',
]

/**
 * An answer's Markdown. It comes from a model that read what strangers wrote, so it can
 * load nothing, run nothing and lead nowhere but into this app: HTML is text, pictures
 * are their descriptions, other addresses are shown and not linked.
 */
export const Answer = memo(function Answer({ text }: { text: string }) {
  const shown = visible(text)
  const plain = <pre className={classes.plain}>{shown}</pre>
  if (shown.length > longest || tooDeep.test(shown)) return plain
  return (
    <div className={classes.answer} dir="auto">
      <Fallback instead={plain}>
        <Markdown
          remarkPlugins={[remarkGfm]}
          rehypePlugins={[markOddWords]}
          allowedElements={elements}
          unwrapDisallowed
          urlTransform={address => address /* AnswerLink decides */}
          components={components}
        >
          {shown}
        </Markdown>
      </Fallback>
    </div>
  )
})

const components: Components = {
  a: ({ href, children }) => <AnswerLink address={href ?? ''}>{children}</AnswerLink>,
  img: ({ src, alt }) => <NoPicture address={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  input: ({ checked }) => <span>{checked ? '☑ ' : '☐ '}</span>,
  mark: ({ title, children }) => <OddWord odd={title as Oddity}>{children}</OddWord>,
  // The page has its own headings, and an answer's may come in any order.
  h1: ({ children }) => <p className={classes.heading}>{children}</p>,
  h2: ({ children }) => <p className={classes.heading}>{children}</p>,
  h3: ({ children }) => <p className={classes.heading}>{children}</p>,
  h4: ({ children }) => <p className={classes.heading}>{children}</p>,
  h5: ({ children }) => <p className={classes.heading}>{children}</p>,
  h6: ({ children }) => <p className={classes.heading}>{children}</p>,
  code: ({ children }) => <code>{children}</code>,
  li: ({ children }) => <li>{children}</li>,
  ul: ({ children }) => <ul>{children}</ul>,
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  table: ({ children }) => <AnswerTable>{children}</AnswerTable>,
  th: ({ children, style }) => (
    <th scope="col" style={{ textAlign: style?.textAlign }}>
      {children}
    </th>
  ),
  td: ({ children, style }) => <td style={{ textAlign: style?.textAlign }}>{children}</td>,
}

function AnswerLink({ address, children }: { address: string; children: ReactNode }) {
  const router = useRouter()
  const within = pathWithin(address, location.origin)
  const shown = readable(address)
  if (!within) {
    return (
      <span className={classes.inert}>
        {children} {children !== shown && shown && <span className={classes.address}>({shown})</span>}
      </span>
    )
  }
  const go = (event: React.MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    router.history.push(within)
  }
  return (
    <a href={within} onClick={go}>
      {children}
    </a>
  )
}

function NoPicture({ address, alt }: { address: string; alt: string }) {
  const { t } = useTranslation('assistant')
  return (
    <span className={classes.inert}>
      <IconPhotoOff size={14} aria-hidden="true" /> {t('answer.picture')} {visible(alt)}{' '}
      {address && <span className={classes.address}>({readable(address)})</span>}
    </span>
  )
}

function OddWord({ odd, children }: { odd: Oddity; children: ReactNode }) {
  const { t } = useTranslation('assistant')
  return (
    <span className={classes.odd}>
      {children} <small>[{t(`answer.odd.${odd}`)}]</small>
    </span>
  )
}

function AnswerTable({ children }: { children: ReactNode }) {
  const { t } = useTranslation('assistant')
  return (
    <Box role="group" className={classes.scroll} tabIndex={0} aria-label={t('answer.table')}>
      <Table className={classes.table}>{children}</Table>
    </Box>
  )
}

/** Shows something else where its content cannot be shown. */
class Fallback extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children
  }
}
