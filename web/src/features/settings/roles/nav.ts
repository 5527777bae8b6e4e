import { IconKey } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 130,
    to: '/settings/roles',
    page: 'settings/roles',
    capability: 'policy.manage',
    icon: IconKey,
    label: 'settings:roles',
  },
]
