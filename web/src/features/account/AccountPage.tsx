import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { NotFoundScreen } from '@/shared/screens'
import { OwnPassword } from './OwnPassword'
import { OwnProfile } from './OwnProfile'
import { OwnSessions } from './OwnSessions'
import { OwnTokens } from './OwnTokens'

/** The person's own account. It is private, and so no part of a view. */
export function AccountPage() {
  const { t } = useTranslation('account')
  const me = useMe()
  if (me.viewing) return <NotFoundScreen />
  return (
    <Page title={t('title')} lead={me.email} width="narrow">
      <Stack gap="lg">
        <Section title={t('profile')}>
          <OwnProfile />
        </Section>
        <Section title={t('password')}>
          <OwnPassword />
        </Section>
        <OwnSessions />
        {me.pages.includes('settings/tokens') && <OwnTokens />}
      </Stack>
    </Page>
  )
}
