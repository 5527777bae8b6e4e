import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** What of the list of people stands in the address. */
export type PeopleSearch = { q?: string; department?: string; role?: string; active?: 'yes' | 'no' }

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined)

/** The routes of this feature, children of the shell. */
export const peopleRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/people',
    validateSearch: (search: Record<string, unknown>): PeopleSearch => ({
      q: text(search.q),
      department: text(search.department),
      role: text(search.role),
      active: search.active === 'yes' || search.active === 'no' ? search.active : undefined,
    }),
    component: lazyRouteComponent(() => import('./PeoplePage'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/people/attributes',
    component: lazyRouteComponent(() => import('./AttributesPage'), 'AttributesPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/people/$id',
    component: lazyRouteComponent(() => import('./PersonPage'), 'PersonPage'),
  }),
] as const
