import { IconSearch } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  { section: 'top', order: 30, to: '/search', page: 'search', icon: IconSearch, label: 'search:nav', hotkey: 'g s' },
]
