import { queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import type { components } from '@/api/schema.gen'

/** A saved view, as the person may see it. */
export type SavedView = components['schemas']['View']
export type ViewDraft = components['schemas']['SavedViewBody']

/** The person's own views of a collection, and those shared with them. */
export const viewsQuery = (collection: string) =>
  queryOptions({
    queryKey: ['views', collection],
    queryFn: async ({ signal }): Promise<SavedView[]> =>
      (await body(api.GET('/api/views', { params: { query: { collection } }, signal }))).views,
    staleTime: 60_000,
  })

/** The roles that the person may share a view with. */
export const viewRolesQuery = queryOptions({
  queryKey: ['view-roles'],
  queryFn: async ({ signal }) => (await body(api.GET('/api/views/roles', { signal }))).roles,
})

export const createView = (collection: string, draft: ViewDraft): Promise<SavedView> =>
  body(api.POST('/api/views', { body: { collection, ...draft } as { collection: string } }))

export const updateView = (id: string, draft: ViewDraft): Promise<SavedView> =>
  body(api.PATCH('/api/views/{id}', { params: { path: { id } }, body: draft }))

export const deleteView = async (id: string): Promise<void> => {
  await api.DELETE('/api/views/{id}', { params: { path: { id } } })
}
