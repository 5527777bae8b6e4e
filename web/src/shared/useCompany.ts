import { useQuery } from '@tanstack/react-query'
import { meQuery } from '@/api/queries'

/** What holds for the whole company. Until the server has said it, the browser's time zone stands in. */
export function useCompany(): { name?: string; timeZone?: string } {
  const { data } = useQuery(meQuery)
  const company = (data as { company?: { name?: string; time_zone?: string } } | undefined)?.company
  return { name: company?.name, timeZone: company?.time_zone }
}
