import { Alert, Button, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconAlertCircle } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '@/api/problem'
import { minPassword, NewPassword, passwordErrors } from '@/shared/NewPassword'
import { Failure } from './Failure'

type Props = { error: unknown; pending: boolean; onSubmit: (password: string) => void }

/** The step after signing in with a password that somebody else has set. */
export function OwnPasswordForm({ error, pending, onSubmit }: Props) {
  const { t } = useTranslation(['session', 'account'])
  const form = useForm({
    initialValues: { new_password: '', again: '' },
    validate: values => {
      const wrong = passwordErrors(values.new_password, values.again)
      if (wrong === 'short') return { new_password: t('account:tooShort', { count: minPassword }) }
      return wrong ? { again: t('account:different') } : {}
    },
  })
  const refused = fieldErrors(error, ['new_password'])
  const { setErrors } = form
  useEffect(() => setErrors(fieldErrors(error, ['new_password']) ?? {}), [error, setErrors])
  const bind = (name: 'new_password' | 'again') => ({
    value: form.values[name],
    onChange: (value: string) => form.setFieldValue(name, value),
    error: form.errors[name],
  })
  return (
    <form onSubmit={form.onSubmit(values => onSubmit(values.new_password))}>
      <Stack mt="xl" gap="md">
        {Boolean(error) && !refused && (
          <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} role="alert">
            <Failure error={error} />
          </Alert>
        )}
        <NewPassword password={bind('new_password')} again={bind('again')} autoFocus />
        <Button type="submit" size="md" loading={pending} fullWidth mt="xs">
          {t('ownSubmit')}
        </Button>
      </Stack>
    </form>
  )
}
