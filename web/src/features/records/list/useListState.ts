import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { Field } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'
import { both, quickFilter } from './filter'
import { layoutsOf } from './layouts'
import type { ApiFilter, Layout, ListSearch } from './search'
import type { SavedView } from './views'
import { readWidths, type Widths, writeWidths } from './widths'

const route = getRouteApi('/shell/records/$collection')

/** What a collection's page shows: the saved view, and what the address changes of it. */
export type ListState = {
  layout: Layout
  q: string
  /** What the filter builder shows. */
  filter: ApiFilter | undefined
  /** What is asked: the filter and the quick text. */
  asked: ApiFilter | undefined
  sort: string[]
  columns: Field[]
  widths: Widths
  month?: string
  /** Whether the address says something else than the view. */
  changed: boolean
}

const split = (list: string | undefined) => list?.split(',').filter(Boolean)

/** What tells records apart at a glance, in this order; owners come last. */
const telling = [
  'company',
  'account_id',
  'opportunity_id',
  'kind',
  'stage',
  'status',
  'amount',
  'estimated_value',
  'total',
  'score',
  'due_at',
  'close_date',
  'issued_on',
  'ordered_on',
  'valid_until',
  'email',
  'phone',
  'industry',
  'country',
  'annual_revenue',
  'code',
  'family',
  'list_price',
  'active',
  'title',
  'department_id',
  'manager_id',
  'parent_id',
]

const shown = 7 // columns

/** What a collection's table shows if nobody has said anything else. */
export function defaultColumns(collection: CollectionMeta): string[] {
  const names = [collection.titleField, ...telling].filter(name => collection.field(name))
  const others = collection.fields
    .filter(field => field.format !== 'long' && !field.read_only && !/^(external_ref|owner_id)$/.test(field.name))
    .map(field => field.name)
  const owner = collection.field('owner_id') ? ['owner_id'] : []
  return [...[...new Set([...names, ...others])].slice(0, shown - owner.length), ...owner]
}

/** What happened or is due last stands first; otherwise by name. */
export function defaultSort(collection: CollectionMeta): string[] {
  const time = collection.time_field
  return time && time !== 'created_at' ? [`-${time}`] : [collection.titleField]
}

/** What the view says, in the terms of the address. */
export function viewSearch(view: SavedView | undefined): ListSearch {
  if (!view) return {}
  return {
    as: view.kind,
    filter: view.filter as ApiFilter | undefined,
    sort: view.sort?.join(','),
    columns: view.columns?.length ? view.columns.join(',') : undefined,
    widths: view.widths && writeWidths(view.widths),
  }
}

const saved = ['filter', 'sort', 'columns', 'widths'] as const

export function listState(collection: CollectionMeta, search: ListSearch, view: SavedView | undefined): ListState {
  const base = viewSearch(view)
  const merged = { ...base, ...search }
  const named = split(merged.columns) ?? defaultColumns(collection)
  const columns = named.map(collection.field).filter(field => field !== undefined)
  const title = collection.field(collection.titleField)
  const sort = (split(merged.sort) ?? defaultSort(collection)).filter(key => collection.field(key.replace(/^-/, '')))
  const q = search.q ?? ''
  const filter = merged.filter && Object.keys(merged.filter).length > 0 ? merged.filter : undefined
  const possible = layoutsOf(collection)
  const layout = merged.as && possible.includes(merged.as) ? merged.as : (possible[0] ?? 'table')
  // Without a view there is nothing that a board would be a change of.
  const compared = view ? (['as', ...saved] as const) : saved
  const differs = compared.some(
    key => search[key] !== undefined && JSON.stringify(search[key]) !== JSON.stringify(base[key]),
  )
  return {
    layout,
    q,
    filter,
    asked: both(filter, quickFilter(collection.fields, collection.titleField, q)),
    sort,
    columns: columns.length > 0 || !title ? columns : [title],
    widths: readWidths(merged.widths ?? ''),
    month: search.month,
    changed: differs,
  }
}

/** The state of the page, and how to change it: everything is in the address. */
export function useListState(collection: CollectionMeta, view: SavedView | undefined) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const state = useMemo(() => listState(collection, search, view), [collection, search, view])
  const change = useCallback(
    (next: Partial<ListSearch>, how: { push?: boolean } = {}) =>
      void navigate({
        search: old => clean({ ...old, ...next }),
        replace: !how.push,
        resetScroll: false,
      }),
    [navigate],
  )
  return { state, search, change }
}

const clean = (search: ListSearch): ListSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as ListSearch
