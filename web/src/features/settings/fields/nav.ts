import { IconTags } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'settings',
    order: 150,
    to: '/settings/fields',
    page: 'settings/fields',
    capability: 'policy.manage',
    icon: IconTags,
    label: 'settings:fields',
  },
]
