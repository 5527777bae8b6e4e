import { IconUserCog } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 110,
    to: '/settings/people',
    page: 'settings/people',
    capability: 'people.manage',
    icon: IconUserCog,
    label: 'settings:people',
    hotkey: 'g u',
  },
]
