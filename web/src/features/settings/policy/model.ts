import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, body } from '@/api/client'
import { type Doc, type ModelCollection, mainSource } from './types'

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

const general = ['home', 'conversations', 'search']
const settings = ['people', 'departments', 'roles', 'employees', 'fields', 'services', 'explain', 'company', 'tokens']

/** The pages that a role may show, in three groups. */
export function usePages(): { general: string[]; collections: string[]; settings: string[] } {
  const { collections } = useModel()
  return useMemo(
    () => ({
      general,
      collections: collections.filter(c => c.data_source === mainSource).map(c => c.name),
      settings: settings.map(name => `settings/${name}`),
    }),
    [collections],
  )
}

const blocks = ['list', 'board', 'calendar', 'record']

/** Where a task's button may show: pages, and blocks of them. */
export function usePlaces(): string[] {
  const pages = usePages()
  return useMemo(
    () => [
      'home',
      'home/work',
      ...pages.collections.flatMap(page => blocks.map(block => `${page}/${block}`)),
      ...pages.settings,
    ],
    [pages],
  )
}

const shipped = [
  'list_collections',
  'describe_collection',
  'query_records',
  'count_records',
  'aggregate_records',
  'get_record',
  'search_records',
  'draw_chart',
  'explain_access',
]

/** The tools that an AI employee can be given: those of Remit, and those that the document knows beside. */
export function toolsOf(document: Doc): string[] {
  const named = [
    ...(document.tools ?? []).map(tool => tool.name),
    ...(document.employees ?? []).flatMap(employee => employee.tools ?? []),
  ]
  return [...new Set([...shipped, ...named])]
}
