import { IconRobot } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 140,
    to: '/settings/employees',
    page: 'settings/employees',
    capability: 'policy.manage',
    icon: IconRobot,
    label: 'settings:employees',
  },
]
