import { Button, Group, Input, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { meQuery } from '@/api/queries'
import type { Me } from '@/api/types'
import { type Language, languages } from '@/app/i18n'
import { useMe } from '@/app/useMe'
import { ErrorAlert } from '@/shared/DataStates'
import { useLeaveGuard } from '@/shared/useLeaveGuard'
import { useNotify } from '@/shared/useNotify'
import { usePreferences } from './usePreferences'

/** Name, language and colours. The latter two count at once. */
export function OwnProfile() {
  const { t } = useTranslation(['account', 'common'])
  const me = useMe()
  const form = useForm({ initialValues: { name: me.name } })
  useLeaveGuard(form.isDirty)
  const chosen = usePreferences()
  const queryClient = useQueryClient()
  const notify = useNotify()
  const save = useMutation({
    mutationFn: (change: { name: string }): Promise<Me> => body(api.PATCH('/api/me', { body: change })),
    onSuccess: saved => {
      queryClient.setQueryData(meQuery.queryKey, saved)
      form.setInitialValues({ name: saved.name })
      form.reset()
      notify.done(t('common:error.saved'))
    },
    onError: error => form.setErrors(fieldErrors(error, ['name']) ?? {}),
  })
  return (
    <Stack>
      <form onSubmit={form.onSubmit(values => save.mutate(values))}>
        {!fieldErrors(save.error, ['name']) && <ErrorAlert error={save.error} />}
        <Group align="flex-end" wrap="nowrap">
          <TextInput flex={1} label={t('name')} required maxLength={200} {...form.getInputProps('name')} />
          <Button type="submit" variant="default" disabled={!form.isDirty()} loading={save.isPending}>
            {t('common:action.save')}
          </Button>
        </Group>
      </form>
      <Select
        label={t('common:top.language')}
        data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        value={chosen.language}
        onChange={language => language && chosen.setLanguage(language as Language)}
        allowDeselect={false}
        maw={280}
      />
      <Input.Wrapper label={t('common:top.theme')} labelElement="div">
        <SegmentedControl
          display="flex"
          maw={420}
          aria-label={t('common:top.theme')}
          value={chosen.theme}
          onChange={chosen.setTheme}
          data={(['light', 'dark', 'auto'] as const).map(value => ({ value, label: t(`common:top.${value}`) }))}
        />
      </Input.Wrapper>
    </Stack>
  )
}
