import type { ReactNode } from 'react'
import { mayOpen } from '@/app/nav'
import { useMe } from '@/app/useMe'
import { NotFoundScreen } from './screens'

type Props = { page: string; capability?: string; children: ReactNode }

/** A screen for those who have the page. For everybody else there is nothing here, as for an address that does not exist. */
export function OnPage({ page, capability, children }: Props) {
  return mayOpen(useMe(), page, capability) ? children : <NotFoundScreen />
}
