import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { collectionsQuery } from '@/api/queries'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const recordsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/records/$collection',
    loader: ({ context }) => context.queryClient.ensureQueryData(collectionsQuery),
    component: lazyRouteComponent(() => import('./CollectionPage'), 'CollectionPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/records/$collection/$id',
    loader: ({ context }) => context.queryClient.ensureQueryData(collectionsQuery),
    component: lazyRouteComponent(() => import('./RecordPage'), 'RecordPage'),
  }),
] as const
