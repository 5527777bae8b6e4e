import { Alert, Stack } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Secret } from '@/shared/Secret'

/** What to hand to a person so that they can sign in. It cannot be shown again. */
export function InitialPassword({ email, password }: { email: string; password: string }) {
  const { t } = useTranslation('settings-people')
  return (
    <Stack>
      <Alert icon={<IconKey size={18} />} color="blue" role="status">
        {t('passwordOnce')}
      </Alert>
      <Secret label={t('email')} value={email} />
      <Secret label={t('theirPassword')} value={password} focus />
    </Stack>
  )
}
