import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { collectionsQuery } from '@/api/queries'
import { shellRoute } from '@/app/routes'
import { readFormSearch } from './form/search'
import { readListSearch } from './list/search'

const parent = {
  getParentRoute: () => shellRoute,
  loader: ({ context }: { context: { queryClient: import('@tanstack/react-query').QueryClient } }) =>
    context.queryClient.ensureQueryData(collectionsQuery),
} as const

/** The routes of this feature, children of the shell. */
export const recordsRoutes = [
  createRoute({
    ...parent,
    path: '/records/$collection',
    validateSearch: readListSearch,
    component: lazyRouteComponent(() => import('./CollectionPage'), 'CollectionPage'),
  }),
  createRoute({
    ...parent,
    path: '/records/$collection/new',
    validateSearch: readFormSearch,
    component: lazyRouteComponent(() => import('./form/NewPage'), 'NewPage'),
  }),
  createRoute({
    ...parent,
    path: '/records/$collection/import',
    component: lazyRouteComponent(() => import('./import/ImportPage'), 'ImportPage'),
  }),
  createRoute({
    ...parent,
    path: '/records/$collection/$id',
    component: lazyRouteComponent(() => import('./RecordPage'), 'RecordPage'),
  }),
  createRoute({
    ...parent,
    path: '/records/$collection/$id/edit',
    component: lazyRouteComponent(() => import('./form/EditPage'), 'EditPage'),
  }),
] as const
