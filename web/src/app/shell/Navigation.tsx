import { Text } from '@mantine/core'
import {
  type Icon,
  IconAddressBook,
  IconBriefcase,
  IconBuilding,
  IconCalendarEvent,
  IconFileInvoice,
  IconPackage,
  IconShoppingCart,
  IconSitemap,
  IconTable,
  IconTargetArrow,
  IconUsers,
} from '@tabler/icons-react'
import { Link, type LinkProps, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '@/api/types'
import { useHotkey } from '@/shared/hotkeys'
import { useCollections } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { labelOf, mayOpen, type NavEntry, navOf } from '../nav'
import classes from './Navigation.module.css'

/** In the order of the work rather than of the alphabet; what a company adds comes after. */
const order = ['leads', 'opportunities', 'accounts', 'contacts', 'activities', 'quotes', 'orders', 'products']

const icons: Record<string, Icon> = {
  accounts: IconBuilding,
  activities: IconCalendarEvent,
  contacts: IconAddressBook,
  departments: IconSitemap,
  leads: IconTargetArrow,
  opportunities: IconBriefcase,
  orders: IconShoppingCart,
  people: IconUsers,
  products: IconPackage,
  quotes: IconFileInvoice,
}

export const collectionIcon = (name: string): Icon => icons[name] ?? IconTable

const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)

/** The collections that stand in the navigation, in order. */
export function useShownCollections(me: Me) {
  return useCollections()
    .filter(collection => mayOpen(me, collection.name))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.title.localeCompare(b.title))
}

/** The lines at the left: the person's pages, the collections, the settings. */
export function Navigation({ me }: { me: Me }) {
  const { t } = useTranslation()
  const model = useModelText()
  const collections = useShownCollections(me)
  const settings = navOf('settings', me)
  return (
    <div className={classes.navigation}>
      <ul className={classes.list}>
        {navOf('top', me).map(entry => (
          <EntryItem key={entry.to} entry={entry} />
        ))}
      </ul>
      {collections.length > 0 && (
        <Group title={t('nav.records')}>
          {collections.map(collection => (
            <Item
              key={collection.name}
              icon={collectionIcon(collection.name)}
              to="/records/$collection"
              params={{ collection: collection.name }}
            >
              {model.collection(collection)}
            </Item>
          ))}
        </Group>
      )}
      {settings.length > 0 && (
        <Group title={t('nav.settings')}>
          {settings.map(entry => (
            <EntryItem key={entry.to} entry={entry} />
          ))}
        </Group>
      )}
    </div>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <div className={classes.group}>
      <Text id={id} size="xs" fw={600} c="dimmed" className={classes.heading}>
        {title}
      </Text>
      <ul className={classes.list} aria-labelledby={id}>
        {children}
      </ul>
    </div>
  )
}

function EntryItem({ entry }: { entry: NavEntry }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const label = labelOf(t, entry)
  useHotkey(entry.hotkey, label, () => void navigate({ to: entry.to }), 'general')
  return (
    <Item icon={entry.icon} to={entry.to} exact={entry.to === '/'}>
      {label}
    </Item>
  )
}

type ItemProps = {
  icon: Icon
  to: NonNullable<LinkProps['to']>
  params?: Record<string, string>
  exact?: boolean
  children: string
}

function Item({ icon: Shown, to, params, exact, children }: ItemProps) {
  return (
    <li>
      <Link to={to} params={params as never} className={classes.item} activeOptions={{ exact, includeSearch: false }}>
        <Shown size={18} stroke={1.6} aria-hidden="true" />
        <span>{children}</span>
      </Link>
    </li>
  )
}
