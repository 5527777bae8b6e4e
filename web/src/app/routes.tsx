import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { isProblem } from '@/api/problem'
import { meQuery } from '@/api/queries'
import { NotFoundScreen, WholePageError } from '@/shared/screens'
import { loadSettingsTexts } from './i18n'

/** The route that all others stand below. */
export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({})

/**
 * The signed-in part of the app: navigation, top bar, and the screen in the
 * middle. Whoever is not signed in goes to the sign-in page and comes back. Screens of
 * features are children of this route.
 */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const texts = location.pathname.startsWith('/settings/') ? loadSettingsTexts() : undefined
    try {
      const me = await context.queryClient.ensureQueryData(meQuery)
      await texts
      return { me }
    } catch (error) {
      if (!isProblem(error, 'unauthenticated')) throw error
      throw redirect({ to: '/sign-in', search: { next: location.href === '/' ? undefined : location.href } })
    }
  },
  component: lazyRouteComponent(() => import('./shell/Shell'), 'Shell'),
  errorComponent: WholePageError,
})

/** Whatever no feature knows. */
export const unknownRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '$',
  component: NotFoundScreen,
})
