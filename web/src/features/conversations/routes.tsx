import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'

/** The routes of this feature, children of the shell. */
export const conversationsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/conversations',
    component: lazyRouteComponent(() => import('./ConversationsPage'), 'ConversationsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/conversations/$id',
    component: lazyRouteComponent(() => import('./ConversationPage'), 'ConversationPage'),
  }),
] as const
