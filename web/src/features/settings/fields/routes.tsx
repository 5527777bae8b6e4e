import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const fieldsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/fields',
    validateSearch: (search: Record<string, unknown>): { collection?: string } => ({
      collection: typeof search.collection === 'string' ? search.collection : undefined,
    }),
    component: lazyRouteComponent(() => import('./FieldsPage'), 'FieldsPage'),
  }),
] as const
