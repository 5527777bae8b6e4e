import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import type { components } from '@/api/schema.gen'
import type { By, Range } from './range'

export type Usage = components['schemas']['ServiceUsage']
export type Budgets = components['schemas']['ServiceBudgets']
export type Narrowed = { person?: string; employee?: string; service?: string }

/** What was used in a span of time, summed. */
export const usageQuery = (by: By, range: Range, { person, employee, service }: Narrowed) =>
  queryOptions({
    queryKey: ['usage', by, range, person, employee, service],
    queryFn: ({ signal }): Promise<Usage> =>
      body(api.GET('/api/usage', { params: { query: { by, ...range, person, employee, service } }, signal })),
    placeholderData: keepPreviousData,
  })

/** What of the AI employees' budgets was used today. */
export const budgetsQuery = queryOptions({
  queryKey: ['usage', 'budgets'],
  queryFn: ({ signal }): Promise<Budgets> => body(api.GET('/api/usage/budgets', { signal })),
})
