import type { Icon } from '@tabler/icons-react'
import type { LinkProps } from '@tanstack/react-router'
import type { ParseKeys, TFunction } from 'i18next'
import type { Me } from '@/api/types'
import type { Namespaces } from './i18n'

type Label = { [NS in keyof Namespaces]: `${NS}:${ParseKeys<NS>}` }[keyof Namespaces]

/** A line of the navigation. A feature's nav.ts exports its own as `nav`. */
export type NavEntry = {
  /** `top` stands above the collections, `settings` below them. */
  section: 'top' | 'settings'
  /** Lower stands higher. */
  order: number
  to: NonNullable<LinkProps['to']>
  /** The page's name in the policy, e.g. `settings/people`: whoever may not see the page gets no line. */
  page: string
  /** The capability that the page needs, for settings. */
  capability?: string
  icon: Icon
  /** Key of the text, with its namespace: `home:nav`. */
  label: Label
  /** Keys that lead there, e.g. `g h`. */
  hotkey?: string
}

/** The text of a line. */
export const labelOf = (t: TFunction, entry: NavEntry): string => (t as unknown as (key: Label) => string)(entry.label)

const found = import.meta.glob<{ nav: NavEntry[] }>('../features/**/nav.ts', { eager: true })

const entries = Object.values(found)
  .flatMap(module => module.nav)
  .sort((a, b) => a.order - b.order)

/** Whether the person may open a page. The server decides again on every call behind it. */
export function mayOpen(me: Me, page: string, capability?: string): boolean {
  return me.pages.includes(page) && (capability === undefined || me.capabilities.includes(capability))
}

/** The lines of a section that the person may open. */
export function navOf(section: NavEntry['section'], me: Me): NavEntry[] {
  return entries.filter(entry => entry.section === section && mayOpen(me, entry.page, entry.capability))
}
