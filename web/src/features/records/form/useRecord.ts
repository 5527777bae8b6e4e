import { useQuery } from '@tanstack/react-query'
import { recordsQuery } from '@/api/queries'
import { type CollectionMeta, columnsFor, useTitleFields } from '@/shared/useCollection'

/** How a record is asked for with all that its page and its form need: every field, names, version. */
export function useRecordQuery(collection: CollectionMeta, id: string) {
  const titleFieldOf = useTitleFields()
  return recordsQuery(collection.name, {
    fields: columnsFor(collection.fields, titleFieldOf),
    filter: { id },
    limit: 1,
    versions: true,
  })
}

/** One record with its names and version. */
export const useRecord = (collection: CollectionMeta, id: string) => useQuery(useRecordQuery(collection, id))
