import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, body } from '@/api/client'
import { recordPagesQuery } from '@/api/queries'
import type { components } from '@/api/schema.gen'
import type { Row } from '@/api/types'
import { type CollectionMeta, columnsFor, useCollections, useTitleFields } from '@/shared/useCollection'

export type Change = components['schemas']['FieldChange']
export type Entry = { kind: 'activity'; at: string; activity: Row } | { kind: 'change'; at: string; changes: Change[] }

/** The activities' collection, and its field that leads to records of this one. */
export function useActivityLink(collection: CollectionMeta) {
  const activities = useCollections().find(other => other.name === 'activities')
  const field = activities?.fields.find(one => one.type === 'relation' && one.target === collection.name)
  return activities && field ? { activities, field } : undefined
}

export const timeOf = (activity: Row): string =>
  String(activity.done_at ?? activity.due_at ?? activity.created_at ?? '')

/** What one write changed stands together. */
export function together(changes: Change[]): Entry[] {
  const entries: Extract<Entry, { kind: 'change' }>[] = []
  for (const change of changes) {
    const at = String(change.at)
    const last = entries.at(-1)
    const same = last && last.at === at && JSON.stringify(last.changes[0]?.by) === JSON.stringify(change.by)
    if (same) last.changes.push(change)
    else entries.push({ kind: 'change', at, changes: [change] })
  }
  return entries
}

const later = (a: Entry, b: Entry) => new Date(b.at).getTime() - new Date(a.at).getTime()

/** Activities and changes of a record, the newest first. */
export function useTimeline(collection: CollectionMeta, id: string) {
  const link = useActivityLink(collection)
  const titleFieldOf = useTitleFields()
  const fields = link
    ? link.activities.fields.filter(field =>
        /^(subject|kind|status|due_at|done_at|body|created_at|owner_id)$/.test(field.name),
      )
    : []
  const activities = useInfiniteQuery({
    ...recordPagesQuery('activities', {
      fields: columnsFor(fields, titleFieldOf),
      filter: link && { [link.field.name]: id },
      sort: link?.activities.field('due_at') ? ['-due_at'] : undefined,
      limit: 30,
      versions: true,
    }),
    enabled: !!link,
  })
  const history = useInfiniteQuery({
    queryKey: ['records', collection.name, 'history', id],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET('/api/collections/{name}/records/{id}/history', {
          params: { path: { name: collection.name, id }, query: { limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.next_cursor,
  })
  const entries = useMemo(() => {
    const done: Entry[] = (activities.data?.pages ?? [])
      .flatMap(page => page.records as Row[])
      .map(activity => ({ kind: 'activity', at: timeOf(activity), activity }))
    const changed = together(history.data?.pages.flatMap(page => page.changes) ?? [])
    return [...done, ...changed].sort(later)
  }, [activities.data, history.data])
  const titles: Record<string, unknown> = Object.assign({}, ...(history.data?.pages.map(page => page.titles) ?? []))
  return { link, activities, history, entries, titles }
}
