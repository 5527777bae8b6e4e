import { useSuspenseQuery } from '@tanstack/react-query'
import { meQuery } from '@/api/queries'
import type { Me } from '@/api/types'

/** Who is signed in. Below the shell, which has asked already. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data
