import { IconZoomQuestion } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 170,
    to: '/settings/explain',
    page: 'settings/explain',
    icon: IconZoomQuestion,
    label: 'settings:explain',
  },
]
