import { IconHierarchy2 } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 120,
    to: '/settings/departments',
    page: 'settings/departments',
    capability: 'people.manage',
    icon: IconHierarchy2,
    label: 'settings:departments',
  },
]
