import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from './client'
import type { Collection, Me, Page, QueryBody } from './types'

/**
 * The questions that more than one screen asks. A key begins with the noun, so that
 * `invalidateQueries({ queryKey: ['records', name] })` makes everything that was read
 * of a collection stale.
 */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }): Promise<Me> => body(api.GET('/api/me', { signal })),
  staleTime: 60_000,
})

export const collectionsQuery = queryOptions({
  queryKey: ['collections'],
  queryFn: async ({ signal }): Promise<Collection[]> =>
    (await body(api.GET('/api/collections', { signal }))).collections,
  staleTime: 60_000,
})

/** Asks for a page of records. */
export const queryRecords = (collection: string, query: QueryBody, signal?: AbortSignal): Promise<Page> =>
  body(api.POST('/api/collections/{name}/query', { params: { path: { name: collection } }, body: query, signal }))

/** A page of records. */
export function recordsQuery(collection: string, query: QueryBody = {}) {
  return queryOptions({
    queryKey: ['records', collection, 'query', query],
    queryFn: ({ signal }) => queryRecords(collection, query, signal),
  })
}

/** Every page of records, one after the other; the further ones may be larger than the first. */
export function recordPagesQuery(collection: string, query: QueryBody, further = query.limit) {
  return infiniteQueryOptions({
    queryKey: ['records', collection, 'pages', query],
    queryFn: ({ pageParam, signal }) =>
      // What matches is counted once, with the first page.
      queryRecords(
        collection,
        { ...query, cursor: pageParam, total: query.total && !pageParam, limit: pageParam ? further : query.limit },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.next_cursor,
  })
}

/** One record with its `_version`. */
export function recordQuery(collection: string, id: string) {
  return queryOptions({
    queryKey: ['records', collection, 'one', id],
    queryFn: ({ signal }) =>
      body(
        api.GET('/api/collections/{name}/records/{id}', {
          params: { path: { name: collection, id } },
          signal,
        }),
      ),
  })
}
