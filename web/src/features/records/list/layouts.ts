import type { Field } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'
import type { Layout } from './search'

/** The field whose options are the columns of a board: where a lead or a deal stands. */
export function groupField(collection: CollectionMeta): Field | undefined {
  const field = collection.field('stage')
  return field?.type === 'enum' && field.options?.length ? field : undefined
}

/** The field that says on which day of a calendar a record stands. */
export function dateField(collection: CollectionMeta): Field | undefined {
  return collection.name === 'activities' ? collection.field('due_at') : undefined
}

/** The ways in which a collection can be shown. */
export function layoutsOf(collection: CollectionMeta): Layout[] {
  const layouts: Layout[] = ['table']
  if (groupField(collection)) layouts.push('board')
  if (dateField(collection)) layouts.push('calendar', 'agenda')
  return layouts
}

/** What the amounts of a board's column are summed by. */
export const sumField = (collection: CollectionMeta): Field | undefined =>
  collection.field('amount') ?? collection.field('estimated_value')
