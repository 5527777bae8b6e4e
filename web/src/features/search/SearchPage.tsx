import { Anchor, Stack, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { Data, EmptyState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useHotkey } from '@/shared/hotkeys'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { type FoundGroup, Hits } from './Hits'

const route = getRouteApi('/shell/search')

/** Finds records of every collection that the person knows. */
export function SearchPage() {
  return (
    <OnPage page="search">
      <Search />
    </OnPage>
  )
}

const fewest = 2 // characters, as the server asks
const few = 5 // hits of each collection
const many = 100 // hits of the one that is looked at

function Search() {
  const { t } = useTranslation('search')
  const { q = '', in: only } = route.useSearch()
  const list = useRef<HTMLDivElement>(null)
  usePageContext({ page: 'search' })
  useEffect(() => {
    const own = list.current
    const onKey = (event: KeyboardEvent) => walk(event, own)
    own?.addEventListener('keydown', onKey)
    return () => own?.removeEventListener('keydown', onKey)
  }, [])
  return (
    <Page title={t('title')} width="narrow">
      <Box q={q} onDown={() => linksOf(list.current)[0]?.focus()} />
      <div ref={list}>
        <Results q={q} only={only} />
      </div>
    </Page>
  )
}

const linksOf = (list: HTMLElement | null) => [...(list?.querySelectorAll<HTMLElement>('[data-hit]') ?? [])]

/** Arrows go from hit to hit. */
function walk(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const links = linksOf(list)
  const at = links.indexOf(document.activeElement as HTMLElement)
  if (!step || at < 0) return
  event.preventDefault()
  if (at + step < 0) document.getElementById('search-text')?.focus()
  else links[at + step]?.focus()
}

function Box({ q, onDown }: { q: string; onDown: () => void }) {
  const { t } = useTranslation('search')
  const navigate = route.useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(q)
  const asked = useRef(q)
  const ask = (text: string) => {
    asked.current = text.trim()
    void navigate({ search: { q: asked.current || undefined }, replace: true, resetScroll: false })
  }
  const later = useDebouncedCallback(ask, 250)
  useHotkey('/', t('focus'), () => input.current?.select())
  useEffect(() => input.current?.focus(), [])
  // The address has changed by another way: the palette, going back.
  useEffect(() => {
    if (q !== asked.current) setTyped(q)
    asked.current = q
  }, [q])
  return (
    <TextInput
      id="search-text"
      ref={input}
      type="search"
      size="md"
      mb="lg"
      aria-label={t('label')}
      placeholder={t('placeholder')}
      leftSection={<IconSearch size={18} aria-hidden="true" />}
      maxLength={200}
      value={typed}
      onChange={event => {
        setTyped(event.currentTarget.value)
        later(event.currentTarget.value)
      }}
      onKeyDown={event => {
        if (event.key === 'Enter') ask(typed)
        if (event.key !== 'ArrowDown') return
        event.preventDefault()
        onDown()
      }}
    />
  )
}

function Results({ q, only }: { q: string; only: string | undefined }) {
  const { t } = useTranslation('search')
  const query = useQuery({
    queryKey: ['records', 'search', q, only ? many : few],
    queryFn: ({ signal }) =>
      body(api.GET('/api/search', { params: { query: { q, limit: only ? many : few } }, signal })),
    enabled: [...q].length >= fewest,
    placeholderData: keepPreviousData,
  })
  if (q === '') return <EmptyState title={t('start')}>{t('startHint')}</EmptyState>
  if ([...q].length < fewest) return <EmptyState title={t('short', { count: fewest })} />
  return (
    <Data query={query}>
      {found => {
        const groups = (found.groups as FoundGroup[]).filter(group => !only || group.collection === only)
        if (groups.length === 0) {
          return <EmptyState title={t('nothing', { q: found.query })}>{t('nothingHint')}</EmptyState>
        }
        return (
          <Stack gap="lg">
            {only && (
              <Anchor component={Link} to="/search" search={{ q } as never} size="sm">
                {t('everywhere')}
              </Anchor>
            )}
            {groups.map(group => (
              <Hits key={group.collection} group={group} q={found.query} more={!only && group.hits.length >= few} />
            ))}
          </Stack>
        )
      }}
    </Data>
  )
}
