import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { recordPagesQuery } from '@/api/queries'
import type { Row } from '@/api/types'
import { type CollectionMeta, columnsFor, useTitleFields } from '@/shared/useCollection'
import type { ListState } from './useListState'

const pageSizes = { first: 100, further: 500 }

/** The records of the page, read as one scrolls. */
export function useRows(collection: CollectionMeta, state: ListState) {
  const titleFieldOf = useTitleFields()
  const title = collection.field(collection.titleField)
  const fields = title && !state.columns.includes(title) ? [title, ...state.columns] : state.columns
  const query = useInfiniteQuery(
    recordPagesQuery(
      collection.name,
      {
        fields: columnsFor(fields, titleFieldOf),
        filter: state.asked,
        sort: state.sort.length > 0 ? state.sort : undefined,
        limit: pageSizes.first,
      },
      pageSizes.further,
    ),
  )
  const rows = useMemo(() => (query.data?.pages.flatMap(page => page.records) ?? []) as Row[], [query.data])
  const ids = useMemo(() => rows.map(row => row.id), [rows])
  return { query, rows, ids }
}

export type Rows = ReturnType<typeof useRows>
