import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const companyRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/company',
    component: lazyRouteComponent(() => import('./CompanyPage'), 'CompanyPage'),
  }),
] as const
