import { createRouter } from '@tanstack/react-router'
import { accountRoutes } from '@/features/account/routes'
import { assistantRoutes } from '@/features/assistant/routes'
import { conversationsRoutes } from '@/features/conversations/routes'
import { homeRoutes } from '@/features/home/routes'
import { recordsRoutes } from '@/features/records/routes'
import { searchRoutes } from '@/features/search/routes'
import { sessionRoutes } from '@/features/session/routes'
import { companyRoutes } from '@/features/settings/company/routes'
import { departmentsRoutes } from '@/features/settings/departments/routes'
import { employeesRoutes } from '@/features/settings/employees/routes'
import { explainRoutes } from '@/features/settings/explain/routes'
import { fieldsRoutes } from '@/features/settings/fields/routes'
import { peopleRoutes } from '@/features/settings/people/routes'
import { rolesRoutes } from '@/features/settings/roles/routes'
import { servicesRoutes } from '@/features/settings/services/routes'
import { usageRoutes } from '@/features/settings/usage/routes'
import { ErrorScreen, NotFoundScreen, PendingScreen } from '@/shared/screens'
import { queryClient } from './queryClient'
import { rootRoute, shellRoute, unknownRoute } from './routes'

const routeTree = rootRoute.addChildren([
  ...sessionRoutes,
  shellRoute.addChildren([
    ...homeRoutes,
    ...recordsRoutes,
    ...searchRoutes,
    ...conversationsRoutes,
    ...assistantRoutes,
    ...accountRoutes,
    ...peopleRoutes,
    ...departmentsRoutes,
    ...rolesRoutes,
    ...employeesRoutes,
    ...fieldsRoutes,
    ...servicesRoutes,
    ...usageRoutes,
    ...explainRoutes,
    ...companyRoutes,
    unknownRoute,
  ]),
])

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0, // react-query decides what is fresh
  defaultPendingMs: 300,
  defaultErrorComponent: ErrorScreen,
  defaultNotFoundComponent: NotFoundScreen,
  defaultPendingComponent: PendingScreen,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
