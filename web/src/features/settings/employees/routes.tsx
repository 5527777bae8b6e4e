import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const employeesRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/employees',
    component: lazyRouteComponent(() => import('./EmployeesPage'), 'EmployeesPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/employees/$employee',
    component: lazyRouteComponent(() => import('./EmployeePage'), 'EmployeePage'),
  }),
] as const
