import { IconChartBar } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 165,
    to: '/settings/usage',
    page: 'settings/usage',
    icon: IconChartBar,
    label: 'settings:usage',
  },
]
