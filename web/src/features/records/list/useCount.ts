import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import type { ApiFilter } from './search'

/** How many records match, asked once for each filter. */
export function useCount(collection: string, filter: ApiFilter | undefined): number | undefined {
  const query = useQuery({
    queryKey: ['records', collection, 'count', filter ?? {}],
    queryFn: async ({ signal }) =>
      (
        await body(
          api.POST('/api/collections/{name}/count', {
            params: { path: { name: collection } },
            body: { filter },
            signal,
          }),
        )
      ).count,
    placeholderData: keepPreviousData,
  })
  return query.data
}
