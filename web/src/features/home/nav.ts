import { IconHome } from '@tabler/icons-react'
import type { NavEntry } from '@/app/nav'

export const nav: NavEntry[] = [
  { section: 'top', order: 10, to: '/', page: 'home', icon: IconHome, label: 'home:nav', hotkey: 'g h' },
]
