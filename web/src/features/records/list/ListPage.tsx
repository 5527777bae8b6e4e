import { Button, SegmentedControl } from '@mantine/core'
import { IconPlus, IconUpload } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'
import { TaskButtons } from '@/features/assistant/TaskButtons'
import { LoadingState } from '@/shared/DataStates'
import { useFormat } from '@/shared/format'
import { useHotkey } from '@/shared/hotkeys'
import { Page } from '@/shared/Page'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { mayImport } from '../import/mayImport'
import { ColumnsMenu } from './ColumnsMenu'
import { ExportMenu } from './ExportMenu'
import { FilterBar } from './FilterBar'
import { dateField, layoutsOf } from './layouts'
import { asSaved, type Layout } from './search'
import { TableScreen } from './TableScreen'
import { UnusableView } from './UnusableView'
import { useCount } from './useCount'
import { useListState } from './useListState'
import { useSaveView } from './useSaveView'
import { ViewsMenu } from './ViewsMenu'
import type { SavedView, ViewDraft } from './views'
import { widthsOf } from './widths'

const Board = lazy(() => import('../board/Board').then(module => ({ default: module.Board })))
const Calendar = lazy(() => import('../calendar/Calendar').then(module => ({ default: module.Calendar })))

type Props = { collection: CollectionMeta; views: SavedView[]; view: SavedView | undefined }

/** What the policy calls the blocks. */
const places: Record<Layout, string> = { table: 'list', board: 'board', calendar: 'calendar', agenda: 'calendar' }

/** A collection's page: its views, its filters, and its records as table, board or calendar. */
export function ListPage({ collection, views, view }: Props) {
  const { t } = useTranslation('records')
  const me = useMe()
  const model = useModelText()
  const format = useFormat()
  const { state, change } = useListState(collection, view)
  const total = useCount(collection.name, state.asked)
  const reset = () => change(asSaved)
  const choose = (id: string) => change({ view: id, ...asSaved }, { push: true })
  const draft = draftOf(collection, state)
  const save = useSaveView(collection.name, view, reset)
  const layouts = layoutsOf(collection)
  const writable = !me.viewing
  const screen: Record<Layout, () => ReactNode> = {
    table: () => <TableScreen collection={collection} state={state} view={view} change={change} />,
    board: () => <Board collection={collection} state={state} view={view} />,
    calendar: () => <Calendar collection={collection} state={state} view={view} change={change} />,
    agenda: () => <Calendar collection={collection} state={state} view={view} change={change} agenda />,
  }
  return (
    <Page
      width="wide"
      title={model.collection(collection)}
      lead={total !== undefined && t('count', { count: total, shown: format.integer(total) })}
      actions={
        <>
          <TaskButtons place={`${collection.name}/${places[state.layout]}`} />
          {collection.may('export') && (
            <ExportMenu
              collection={collection.name}
              filter={state.asked}
              sort={state.sort}
              columns={state.columns.map(field => field.name)}
              count={total === undefined ? undefined : t('count', { count: total, shown: format.integer(total) })}
            />
          )}
          {mayImport(me, collection) && (
            <Button
              component={Link}
              to="/records/$collection/import"
              params={{ collection: collection.name } as never}
              variant="default"
              leftSection={<IconUpload size={16} />}
            >
              {t('import.title')}
            </Button>
          )}
          {collection.may('create') && writable && <NewButton collection={collection} />}
        </>
      }
    >
      <FilterBar
        collection={collection}
        filter={state.filter}
        q={state.q}
        onFilter={filter => change({ filter: filter ?? (view?.filter ? {} : undefined) })}
        onText={q => change({ q: q || undefined })}
      >
        <ViewsMenu
          collection={collection.name}
          views={views}
          view={view}
          changed={state.changed}
          draft={draft}
          save={save}
          onChoose={choose}
          onReset={reset}
        />
        {layouts.length > 1 && (
          <SegmentedControl
            aria-label={t('layout.title')}
            value={state.layout}
            onChange={next => change({ as: next as Layout })}
            data={layouts.map(layout => ({ value: layout, label: t(`layout.${layout}`) }))}
          />
        )}
        {state.layout === 'table' && (
          <ColumnsMenu
            collection={collection}
            columns={state.columns}
            onChange={columns => change({ columns: columns?.join(',') })}
          />
        )}
      </FilterBar>
      {view && !view.usable && (
        <UnusableView
          view={view}
          onSave={view.editable && writable ? () => save.mutate(draft) : undefined}
          saving={save.isPending}
          onLeave={() => choose('all')}
        />
      )}
      <Suspense fallback={<LoadingState lines={8} height={32} />}>{screen[state.layout]()}</Suspense>
    </Page>
  )
}

/** What the page shows, to be saved as a view. */
function draftOf(collection: CollectionMeta, state: ReturnType<typeof useListState>['state']): ViewDraft {
  return {
    kind: state.layout === 'agenda' ? 'calendar' : state.layout,
    columns: state.columns.map(field => field.name),
    sort: state.sort,
    filter: state.filter ?? {},
    widths: widthsOf(state.widths, state.columns),
    ...(state.layout === 'board' ? { group: 'stage' } : {}),
    ...(state.layout === 'calendar' ? { date_field: dateField(collection)?.name } : {}),
  }
}

function NewButton({ collection }: { collection: CollectionMeta }) {
  const { t } = useTranslation('records')
  const navigate = useNavigate()
  const params = { collection: collection.name }
  useHotkey('n', t('new'), () => void navigate({ to: '/records/$collection/new', params }))
  return (
    <Button
      component={Link}
      to="/records/$collection/new"
      params={params as never}
      leftSection={<IconPlus size={16} />}
    >
      {t('new')}
    </Button>
  )
}
