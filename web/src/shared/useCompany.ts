import { useQuery } from '@tanstack/react-query'
import { meQuery } from '@/api/queries'

/** What holds for the whole company. Before the server has said it, the browser's time zone stands in. */
export function useCompany(): { name?: string; timeZone?: string; currency?: string } {
  const company = useQuery(meQuery).data?.company
  return { name: company?.name, timeZone: company?.time_zone, currency: company?.currency }
}
