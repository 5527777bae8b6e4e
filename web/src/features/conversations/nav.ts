import { IconMessages } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  {
    section: 'top',
    order: 20,
    to: '/conversations',
    page: 'conversations',
    icon: IconMessages,
    label: 'conversations:nav',
    hotkey: 'g c',
  },
]
