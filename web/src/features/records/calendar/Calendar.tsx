import { ActionIcon, Alert, Button, Group, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { recordsQuery } from '@/api/queries'
import type { Field, Row } from '@/api/types'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { type CollectionMeta, columnsFor, useTitleFields } from '@/shared/useCollection'
import { useCompany } from '@/shared/useCompany'
import { both } from '../list/filter'
import { dateField } from '../list/layouts'
import type { ListSearch } from '../list/search'
import type { ListState } from '../list/useListState'
import type { SavedView } from '../list/views'
import { Agenda } from './Agenda'
import { dayOf } from './activity'
import { MonthGrid } from './MonthGrid'
import { monthAfter, spanOf, weeksOf } from './month'

type Props = {
  collection: CollectionMeta
  state: ListState
  view: SavedView | undefined
  change: (next: Partial<ListSearch>) => void
  agenda?: boolean
}

/** Activities by their day: a month as a grid, or as a list. */
export function Calendar(props: Props) {
  const date = dateField(props.collection)
  return date ? <Month {...props} date={date} /> : null
}

const most = 1000 // records of a month that are shown

function Month({ collection, state, view, change, agenda, date }: Props & { date: Field }) {
  const { t, i18n } = useTranslation('records')
  const { timeZone } = useCompany()
  const phone = useMediaQuery('(max-width: 48em)')
  const titleFieldOf = useTitleFields()
  usePageContext({ page: collection.name, collection: collection.name, filter: state.asked, view: view?.name })
  const today = dayOf(new Date().toISOString(), timeZone)
  const month = state.month ?? today.slice(0, 7)
  const weeks = weeksOf(month)
  const { from, to } = spanOf(weeks.flat())
  const fields = ['subject', 'kind', 'status', date.name, 'account_id', 'owner_id'].map(collection.field)
  const query = useQuery(
    recordsQuery(collection.name, {
      fields: columnsFor(
        fields.filter(field => field !== undefined),
        titleFieldOf,
      ),
      filter: both(state.asked, { [date.name]: { $gte: from, $lt: to } }),
      sort: [date.name],
      limit: most,
      versions: true,
    }),
  )
  const days = new Map<string, Row[]>()
  for (const row of (query.data?.records ?? []) as Row[]) {
    const day = dayOf(String(row[date.name]), timeZone)
    days.set(day, [...(days.get(day) ?? []), row])
  }
  const name = new Intl.DateTimeFormat(i18n.language, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const shared = { collection, days, month, today }
  return (
    <>
      <Group gap="xs" mb="sm">
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('calendar.previous')}
          onClick={() => change({ month: monthAfter(month, -1) })}
        >
          <IconChevronLeft size={16} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('calendar.next')}
          onClick={() => change({ month: monthAfter(month, 1) })}
        >
          <IconChevronRight size={16} />
        </ActionIcon>
        <Text component="h2" fw={600} size="lg" aria-live="polite">
          {name.format(new Date(`${month}-15T12:00:00Z`))}
        </Text>
        <Button variant="subtle" size="compact-sm" onClick={() => change({ month: undefined })}>
          {t('calendar.today')}
        </Button>
      </Group>
      {query.data?.next_cursor && (
        <Alert color="gray" mb="sm">
          {t('calendar.tooMany', { most })}
        </Alert>
      )}
      {query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <LoadingState lines={6} height={72} />
      ) : agenda || phone ? (
        <Agenda {...shared} />
      ) : (
        <MonthGrid {...shared} weeks={weeks} onDay={() => change({ as: 'agenda' })} />
      )}
    </>
  )
}
