import { Avatar, type MantineColorScheme, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { isProblem } from '@/api/problem'
import { AccountItems } from '@/features/account/AccountItems'
import { usePreferences } from '@/features/account/usePreferences'
import { useNotify } from '@/shared/useNotify'
import { type Language, languages } from '../i18n'
import { useMe } from '../useMe'
import classes from './UserMenu.module.css'

const schemes = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const

/** The person at the top right: account, colours, language, help, signing out. */
export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const chosen = usePreferences()
  const signOut = useSignOut()
  return (
    <Menu width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.target} aria-label={t('nav.account', { name: me.name })}>
          <Avatar name={me.name} size={32} radius="xl" color="remit" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <Text fw={500} truncate>
            {me.name}
          </Text>
          <Text size="sm" c="dimmed" truncate>
            {me.email}
          </Text>
          {me.department && (
            <Text size="sm" c="dimmed" truncate>
              {me.department}
            </Text>
          )}
        </div>
        <Menu.Divider />
        <AccountItems />
        <Menu.Label>{t('top.theme')}</Menu.Label>
        <Menu.RadioGroup value={chosen.theme} onChange={theme => chosen.setTheme(theme as MantineColorScheme)}>
          {schemes.map(({ value, icon: Shown }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Shown size={16} stroke={1.6} />}>
              {t(`top.${value}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('top.language')}</Menu.Label>
        <Menu.RadioGroup value={chosen.language} onChange={language => chosen.setLanguage(language as Language)}>
          {(Object.keys(languages) as Language[]).map(language => (
            <Menu.RadioItem key={language} value={language} lang={language}>
              {languages[language]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.6} />} onClick={onHelp}>
          {t('top.shortcuts')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => signOut.mutate()}>
          {t('top.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function useSignOut() {
  const router = useRouter()
  const queryClient = useQueryClient()
  const notify = useNotify()
  return useMutation({
    mutationFn: () =>
      api.DELETE('/api/session').catch(error => {
        // Somebody has ended the session already: that is what was asked for.
        if (!isProblem(error, 'unauthenticated')) throw error
      }),
    onSuccess: async () => {
      queryClient.clear()
      await router.navigate({ to: '/sign-in', search: {} })
    },
    onError: notify.problem,
  })
}
