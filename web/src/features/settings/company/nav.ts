import { IconBuildingSkyscraper } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 180,
    to: '/settings/company',
    page: 'settings/company',
    capability: 'settings.manage',
    icon: IconBuildingSkyscraper,
    label: 'settings:company',
  },
]
