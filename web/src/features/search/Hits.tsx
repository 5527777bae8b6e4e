import { Anchor, Highlight, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { components } from '@/api/schema.gen'
import { Section } from '@/shared/Section'
import { useCollections } from '@/shared/useCollection'
import { humanize, useModelText } from '@/shared/useModelText'
import classes from './Hits.module.css'

type Hit = components['schemas']['FoundHit']
export type FoundGroup = { collection: string; hits: Hit[] }

type Props = { group: FoundGroup; q: string; more: boolean }

/** What was found in one collection. */
export function Hits({ group, q, more }: Props) {
  const { t } = useTranslation('search')
  const model = useModelText()
  const collection = useCollections().find(({ name }) => name === group.collection)
  const title = collection ? model.collection(collection) : humanize(group.collection)
  return (
    <Section
      flush
      title={title}
      action={
        more && (
          <Anchor
            component={Link}
            to="/search"
            search={{ q, in: group.collection } as never}
            size="sm"
            aria-label={t('moreOf', { collection: title })}
          >
            {t('more')}
          </Anchor>
        )
      }
    >
      <ul className={classes.list}>
        {group.hits.map(hit => {
          const field = collection?.field(hit.field)
          const named = hit.field === collection?.titleField
          return (
            <li key={hit.id}>
              <Link
                to="/records/$collection/$id"
                params={{ collection: group.collection, id: hit.id } as never}
                className={classes.hit}
                data-hit=""
              >
                <Marked text={typeof hit.title === 'string' && hit.title ? hit.title : t('untitled')} q={q} strong />
                {!named && (
                  <Text size="sm" c="dimmed" component="span" className={classes.where}>
                    {field ? model.field(field) : humanize(hit.field)}: <Marked text={String(hit.value ?? '')} q={q} />
                  </Text>
                )}
              </Link>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

/** Text with what was searched for marked in it. It is text and nothing else. */
function Marked({ text, q, strong }: { text: string; q: string; strong?: boolean }) {
  return (
    <Highlight
      component="span"
      highlight={q}
      fw={strong ? 500 : undefined}
      inherit
      highlightStyles={{ background: 'none', color: 'inherit', textDecoration: 'underline', fontWeight: 650 }}
    >
      {excerpt(text, q)}
    </Highlight>
  )
}

const around = 80

/** The part of a long text around the hit. */
function excerpt(text: string, q: string): string {
  if (text.length <= around * 2) return text
  const at = Math.max(0, text.toLowerCase().indexOf(q.toLowerCase()))
  const from = Math.max(0, at - around)
  const to = at + q.length + around
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`
}
