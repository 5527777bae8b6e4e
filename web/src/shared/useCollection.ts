import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { collectionsQuery } from '@/api/queries'
import type { Collection, Field } from '@/api/types'

/** What the person may know of a collection. */
export type CollectionMeta = Omit<Collection, 'fields' | 'actions'> & {
  fields: Field[]
  field: (name: string) => Field | undefined
  /** Whether the person may do it to some records; the server decides for each. */
  may: (action: string) => boolean
  /** The field that names a record to people. */
  titleField: string
}

function metaOf(collection: Collection): CollectionMeta {
  const fields = (collection.fields ?? []) as Field[]
  const byName = new Map(fields.map(field => [field.name, field]))
  const actions = new Set(collection.actions ?? [])
  return {
    ...collection,
    fields,
    field: name => byName.get(name),
    may: action => actions.has(action),
    titleField: collection.title_field ?? 'id',
  }
}

/** The collections that the person may view, as the navigation lists them. */
export function useCollections(): CollectionMeta[] {
  const { data } = useQuery(collectionsQuery)
  return useMemo(() => (data ?? []).map(metaOf).filter(collection => collection.may('view')), [data])
}

/** A collection by its name, undefined if the person knows none of that name. Suspends while it is read. */
export function useCollection(name: string): CollectionMeta | undefined {
  const { data } = useSuspenseQuery(collectionsQuery)
  return useMemo(() => {
    const found = data.find(collection => collection.name === name)
    return found && metaOf(found)
  }, [data, name])
}

/** The name of a relation as queries hop over it: `account_id` is `account`. */
export const relationOf = (field: Pick<Field, 'name'>) => field.name.replace(/_id$/, '')

/** The column that names the record that a relation leads to: `account.name`. */
export function labelColumn(
  field: Field,
  titleFieldOf: (collection: string) => string | undefined,
): string | undefined {
  const title = field.type === 'relation' && field.target ? titleFieldOf(field.target) : undefined
  return title && `${relationOf(field)}.${title}`
}

/** The title field of each collection by its name. */
export function useTitleFields(): (collection: string) => string | undefined {
  const { data } = useQuery(collectionsQuery)
  return useMemo(() => {
    const titles = new Map((data ?? []).map(collection => [collection.name, collection.title_field]))
    return name => titles.get(name)
  }, [data])
}

/** What to ask for so that FieldValue can show the fields: their names, and the labels of relations. */
export function columnsFor(fields: Field[], titleFieldOf: (collection: string) => string | undefined): string[] {
  return fields.flatMap(field => {
    const label = labelColumn(field, titleFieldOf)
    return label ? [field.name, label] : [field.name]
  })
}
