import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { recordPagesQuery } from '@/api/queries'
import type { Field, Row } from '@/api/types'
import { type CollectionMeta, columnsFor, useTitleFields } from '@/shared/useCollection'
import { both } from '../list/filter'
import { sumField } from '../list/layouts'
import type { ApiFilter } from '../list/search'

const pageSize = 20

export type Totals = Map<string, { count: number; sum: number | null }>

/** How many records each column has, and what they are worth. */
export function useTotals(collection: CollectionMeta, group: Field, filter: ApiFilter | undefined) {
  const sum = sumField(collection)
  const query = useQuery({
    queryKey: ['records', collection.name, 'board', group.name, filter ?? {}],
    queryFn: async ({ signal }) => {
      const answer = await body(
        api.POST('/api/collections/{name}/aggregate', {
          params: { path: { name: collection.name } },
          body: {
            dimensions: [{ field: group.name, as: 'column' }],
            measures: [
              { fn: 'count', as: 'count' },
              ...(sum ? [{ fn: 'sum' as const, field: sum.name, as: 'sum' }] : []),
            ],
            filter,
            limit: 200,
          },
          signal,
        }),
      )
      return answer.rows
    },
  })
  const totals: Totals = new Map(
    (query.data ?? []).map(row => [
      String(row.column),
      { count: Number(row.count), sum: typeof row.sum === 'number' ? row.sum : null },
    ]),
  )
  return { totals, currency: sum?.currency, query }
}

/** What a card shows beside its title. */
export function cardFields(collection: CollectionMeta): Field[] {
  return ['account_id', 'company', 'amount', 'estimated_value', 'close_date', 'score', 'owner_id']
    .map(collection.field)
    .filter(field => field !== undefined)
    .slice(0, 4)
}

/** The records of a board's column, read as one asks for more. */
export function useColumn(
  collection: CollectionMeta,
  group: Field,
  option: string,
  filter: ApiFilter | undefined,
  sort: string[],
) {
  const titleFieldOf = useTitleFields()
  const title = collection.field(collection.titleField)
  const fields = [...(title ? [title] : []), group, ...cardFields(collection)]
  const query = useInfiniteQuery(
    recordPagesQuery(collection.name, {
      fields: columnsFor(fields, titleFieldOf),
      filter: both(filter, { [group.name]: option }),
      sort,
      limit: pageSize,
      versions: true,
    }),
  )
  return { query, cards: (query.data?.pages.flatMap(page => page.records) ?? []) as Row[] }
}
