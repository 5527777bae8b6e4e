import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

const text = (value: unknown) => {
  const found = typeof value === 'number' ? String(value) : value
  return typeof found === 'string' && found ? found : undefined
}

/** The routes of this feature, children of the shell. */
export const searchRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/search',
    validateSearch: (search: Record<string, unknown>): { q?: string; in?: string } => ({
      q: text(search.q),
      in: text(search.in),
    }),
    component: lazyRouteComponent(() => import('./SearchPage'), 'SearchPage'),
  }),
] as const
