import { Menu } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'

/** The person's own page in the menu at the top right; nothing private is part of a view. */
export function AccountItems() {
  const { t } = useTranslation('account')
  const me = useMe()
  if (me.viewing) return null
  return (
    <>
      <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} stroke={1.6} />}>
        {t('title')}
      </Menu.Item>
      <Menu.Divider />
    </>
  )
}
