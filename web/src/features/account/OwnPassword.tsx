import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { minPassword, NewPassword, passwordErrors } from '@/shared/NewPassword'
import { PasswordField } from '@/shared/PasswordField'
import { useNotify } from '@/shared/useNotify'
import { usePasswordVerdict } from './usePasswordVerdict'

const fields = ['current_password', 'new_password']

/** Changes one's own password; every other session ends with it. */
export function OwnPassword() {
  const { t } = useTranslation(['account', 'common'])
  const notify = useNotify()
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { current_password: '', new_password: '', again: '' },
    validate: values => {
      const wrong = passwordErrors(values.new_password, values.again)
      if (wrong === 'short') return { new_password: t('tooShort', { count: minPassword }) }
      return wrong ? { again: t('different') } : {}
    },
  })
  const change = useMutation({
    mutationFn: ({ current_password, new_password }: typeof form.values) =>
      api.PUT('/api/me/password', { body: { current_password, new_password } }),
    onSuccess: () => {
      form.reset()
      void queryClient.invalidateQueries({ queryKey: ['own'] })
      notify.done(t('passwordChanged'))
    },
    onError: error => form.setErrors(fieldErrors(error, fields) ?? {}),
  })
  const verdict = usePasswordVerdict(form.values.new_password)
  const bind = (name: 'new_password' | 'again') => ({
    value: form.values[name],
    onChange: (value: string) => form.setFieldValue(name, value),
    error: form.errors[name],
  })
  return (
    <form onSubmit={form.onSubmit(values => change.mutate(values))}>
      <Stack maw={420}>
        {!fieldErrors(change.error, fields) && <ErrorAlert error={change.error} />}
        <PasswordField
          label={t('currentPassword')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          {...form.getInputProps('current_password')}
        />
        <NewPassword password={bind('new_password')} again={bind('again')} verdict={verdict} />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {t('changePassword')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
