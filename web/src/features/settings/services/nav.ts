import { IconCpu } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 160,
    to: '/settings/services',
    page: 'settings/services',
    capability: 'services.manage',
    icon: IconCpu,
    label: 'settings:services',
  },
]
