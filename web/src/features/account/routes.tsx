import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const accountRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/account',
    component: lazyRouteComponent(() => import('./AccountPage'), 'AccountPage'),
  }),
] as const
