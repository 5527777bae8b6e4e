import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { meQuery } from '@/api/queries'
import { rootRoute } from '@/app/routes'

/** Only a path of this app is a place to come back to, lest a link lead elsewhere after signing in. */
export function localPath(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const url = new URL(text, location.origin)
  return url.origin === location.origin ? url.pathname + url.search + url.hash : undefined
}

export const sessionRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: localPath(search.next) }),
    beforeLoad: async ({ context, search }) => {
      const me = await context.queryClient.ensureQueryData(meQuery).catch(() => null)
      if (me) throw redirect({ href: search.next ?? '/' })
    },
    component: lazyRouteComponent(() => import('./SignInPage'), 'SignInPage'),
  }),
] as const
