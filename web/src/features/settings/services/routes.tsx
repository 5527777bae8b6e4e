import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const servicesRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/services',
    component: lazyRouteComponent(() => import('./ServicesPage'), 'ServicesPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/services/$service',
    component: lazyRouteComponent(() => import('./ServicePage'), 'ServicePage'),
  }),
] as const
