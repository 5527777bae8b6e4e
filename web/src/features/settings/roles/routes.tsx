import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

export const tabs = ['general', 'data', 'pages', 'employees', 'tasks', 'users'] as const
export type Tab = (typeof tabs)[number]

/** Which role is open, and at which tab. */
export type RolesSearch = { role?: string; tab?: Tab }

/** The routes of this feature, children of the shell. */
export const rolesRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/roles',
    validateSearch: (search: Record<string, unknown>): RolesSearch => ({
      role: typeof search.role === 'string' ? search.role : undefined,
      tab: tabs.find(tab => tab === search.tab),
    }),
    component: lazyRouteComponent(() => import('./RolesPage'), 'RolesPage'),
  }),
] as const
