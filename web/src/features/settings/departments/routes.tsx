import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const departmentsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/departments',
    component: lazyRouteComponent(() => import('./DepartmentsPage'), 'DepartmentsPage'),
  }),
] as const
