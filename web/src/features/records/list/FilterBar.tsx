import { Button, CloseButton, Popover, TextInput } from '@mantine/core'
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { IconFilter, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CollectionMeta } from '@/shared/useCollection'
import { useLoaded } from '@/shared/useLoaded'
import classes from './FilterBar.module.css'
import { FilterChips } from './FilterChips'
import { type FilterModel, fromApi, noFilter, toApi } from './filter'
import type { ApiFilter } from './search'

const loadBuilder = () => import('./FilterBuilder')

type Props = {
  collection: CollectionMeta
  filter: ApiFilter | undefined
  q: string
  onFilter: (filter: ApiFilter | undefined) => void
  onText: (q: string) => void
  /** What else stands at the right. */
  children?: ReactNode
}

const patience = 300 // milliseconds after the last key

/** The quick filter, the filter builder, and chips of what is filtered by. */
export function FilterBar({ collection, filter, q, onFilter, onText, children }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const [open, setOpen] = useState(false)
  const [builder, want] = useLoaded(loadBuilder)
  const show = () => void want().then(() => setOpen(true))
  const phone = useMediaQuery('(max-width: 48em)')
  const read = fromApi(filter)
  const [model, setModel] = useState<FilterModel>(read ?? noFilter)
  const send = useDebouncedCallback((next: FilterModel) => onFilter(toApi(next)), patience)
  const key = JSON.stringify(filter ?? {})
  // The address may change from elsewhere: a view was chosen, or one went back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the address says counts
  useEffect(() => {
    if (JSON.stringify(toApi(model) ?? {}) !== key) setModel(fromApi(filter) ?? noFilter)
  }, [key])
  const change = (next: FilterModel) => {
    setModel(next)
    send(next)
  }
  return (
    <div className={classes.bar}>
      <QuickFilter q={q} onText={onText} />
      <Popover
        opened={open}
        onChange={setOpen}
        position="bottom-start"
        width={phone ? 'calc(100vw - 2rem)' : 660}
        shadow="md"
        trapFocus
        returnFocus
        withinPortal
      >
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconFilter size={16} />}
            onClick={() => (open ? setOpen(false) : show())}
            aria-expanded={open}
          >
            {t('filter.title')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('filter.title')}>
          {!read && t('filter.foreign')}
          {read && builder && <builder.FilterBuilder collection={collection} model={model} onChange={change} />}
        </Popover.Dropdown>
      </Popover>
      {read ? (
        <FilterChips collection={collection} model={model} onOpen={show} onChange={change} />
      ) : (
        <span className={classes.chip}>
          <span className={classes.chipText}>{t('filter.custom')}</span>
          <CloseButton size={24} aria-label={t('filter.remove')} onClick={() => onFilter(undefined)} />
        </span>
      )}
      {(model.items.length > 1 || (model.items.length > 0 && q)) && (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            setModel(noFilter)
            onFilter(undefined)
          }}
        >
          {t('filter.clear')}
        </Button>
      )}
      <div className={classes.rest}>{children}</div>
    </div>
  )
}

function QuickFilter({ q, onText }: { q: string; onText: (q: string) => void }) {
  const { t } = useTranslation(['records', 'common'])
  const [text, setText] = useState(q)
  const send = useDebouncedCallback(onText, patience)
  useEffect(() => setText(q), [q])
  const type = (next: string) => {
    setText(next)
    send(next)
  }
  return (
    <TextInput
      type="search"
      aria-label={t('filter.quick')}
      placeholder={t('filter.quick')}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      value={text}
      onChange={event => type(event.currentTarget.value)}
      className={classes.quick}
      rightSection={text && <CloseButton size={24} aria-label={t('common:action.clear')} onClick={() => type('')} />}
    />
  )
}
