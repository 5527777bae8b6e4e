import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { worded } from './draft'

/** Of which collection the expression is a row scope; or, of a condition on calls, of which tools. */
export type About = { collection?: string; data_source?: string; tools?: string[] }

export type Check = { ok: boolean; waiting: boolean; problems: string[] }

/** What the server says of an expression, as soon as one stops typing. */
export function useChecked(about: About, expression: string): Check {
  const [settled] = useDebouncedValue(expression, 250)
  const query = useQuery({
    queryKey: ['policy', 'expression', about, settled],
    queryFn: ({ signal }) =>
      body(api.POST('/api/policy/expression', { body: { ...about, expression: settled }, signal })),
    enabled: settled.trim() !== '',
  })
  const current = settled === expression && query.data
  const problems = query.error ? [query.error.message] : (query.data?.problems ?? []).map(worded)
  return { ok: !!current && current.ok, waiting: !current && !query.isError, problems: current ? problems : [] }
}
