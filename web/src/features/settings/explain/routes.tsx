import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

const asked = ['person', 'employee', 'task', 'tool', 'collection', 'action'] as const

/** What is asked, in the address, so that an answer can be shown to somebody else. */
export type Question = { [K in (typeof asked)[number]]?: string }

/** The routes of this feature, children of the shell. */
export const explainRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/explain',
    validateSearch: (search: Record<string, unknown>): Question =>
      Object.fromEntries(asked.flatMap(key => (typeof search[key] === 'string' ? [[key, search[key]]] : []))),
    component: lazyRouteComponent(() => import('./ExplainPage'), 'ExplainPage'),
  }),
] as const
