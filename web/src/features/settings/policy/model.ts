import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, body } from '@/api/client'
import { type ModelCollection, mainSource } from './types'

/** Every collection and field with its tags. */
export const modelQuery = queryOptions({
  queryKey: ['model'],
  queryFn: ({ signal }) => body(api.GET('/api/model', { signal })),
})

export const useModel = () => useSuspenseQuery(modelQuery).data

/** A collection's address: that of the built-in CRM goes by its name alone. */
export const addressOf = (source: string | undefined, collection: string): string =>
  !source || source === mainSource ? collection : `${source}/${collection}`

/** The collections by their addresses. */
export function useModelCollections(): Map<string, ModelCollection> {
  const { collections } = useModel()
  return useMemo(() => new Map(collections.map(c => [addressOf(c.data_source, c.name), c])), [collections])
}
