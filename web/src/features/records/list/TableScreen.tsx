import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmptyState, ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import type { CollectionMeta } from '@/shared/useCollection'
import { BulkBar } from './BulkBar'
import { RecordsTable } from './RecordsTable'
import type { ListSearch } from './search'
import { useCount } from './useCount'
import type { ListState } from './useListState'
import { useRows } from './useRows'
import { useSelection } from './useSelection'
import type { SavedView } from './views'
import { writeWidths } from './widths'

type Props = {
  collection: CollectionMeta
  state: ListState
  view: SavedView | undefined
  change: (next: Partial<ListSearch>) => void
}

/** The table with its states, and what can be done to the ticked records. */
export function TableScreen({ collection, state, view, change }: Props) {
  const { t } = useTranslation('records')
  const rows = useRows(collection, state)
  const total = useCount(collection.name, state.asked)
  const selection = useSelection(rows.ids)
  usePageContext({
    page: collection.name,
    collection: collection.name,
    filter: state.asked,
    records: selection.selected.length > 0 ? selection.selected.slice(0, 100) : undefined,
    view: view?.name,
  })
  const { query } = rows
  if (query.isError && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) return <LoadingState lines={8} height={32} />
  if (rows.rows.length === 0) {
    const filtered = state.asked !== undefined
    return (
      <EmptyState
        title={filtered ? t('noMatch') : t('empty')}
        action={
          filtered && (
            <Button variant="default" onClick={() => change({ q: undefined, filter: view?.filter ? {} : undefined })}>
              {t('filter.clear')}
            </Button>
          )
        }
      >
        {filtered ? t('noMatchHint') : t('emptyHint')}
      </EmptyState>
    )
  }
  return (
    <>
      <RecordsTable
        collection={collection}
        state={state}
        rows={rows}
        total={total}
        selection={selection}
        onSort={sort => change({ sort: sort.join(',') })}
        onWidths={widths => change({ widths: writeWidths(widths) || (view?.widths ? '' : undefined) })}
      />
      <BulkBar collection={collection} selection={selection} />
    </>
  )
}
