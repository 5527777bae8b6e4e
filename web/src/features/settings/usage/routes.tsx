import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '@/app/routes'
import { type By, bys, isDay, type Preset, presets } from './range'

/** What of the usage stands in the address. */
export type UsageSearch = {
  range?: Preset
  from?: string
  to?: string
  by?: By
  person?: string
  employee?: string
  service?: string
}

const one = <T extends string>(value: unknown, of: readonly T[]) => of.find(known => known === value)
const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined)
const day = (value: unknown) => (isDay(value) ? value : undefined)

/** The routes of this feature, children of the shell. */
export const usageRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/usage',
    validateSearch: (search: Record<string, unknown>): UsageSearch => ({
      range: one(search.range, presets),
      from: day(search.from),
      to: day(search.to),
      by: one(search.by, bys),
      person: text(search.person),
      employee: text(search.employee),
      service: text(search.service),
    }),
    component: lazyRouteComponent(() => import('./UsagePage'), 'UsagePage'),
  }),
] as const
