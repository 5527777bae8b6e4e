import { Alert, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconKey } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { useMe } from '@/app/useMe'
import { ErrorAlert } from '@/shared/DataStates'
import { Secret } from '@/shared/Secret'

const lifetimes = ['1', '7', '30', '90', '365']
const fields = ['name', 'employee', 'days']

type Values = { name: string; employee: string | null; days: string }

/** Makes an API token, and shows it this once with how to use it. */
export function NewToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(['account', 'common'])
  const queryClient = useQueryClient()
  const form = useForm<Values>({ initialValues: { name: '', employee: null, days: '30' } })
  const make = useMutation({
    mutationFn: ({ name, employee, days }: Values) =>
      body(api.POST('/api/me/tokens', { body: { name, employee: employee ?? undefined, days: Number(days) } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['own', 'tokens'] }),
    onError: error => form.setErrors(fieldErrors(error, fields) ?? {}),
  })
  const close = () => {
    onClose()
    make.reset()
    form.reset()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={make.data ? t('tokenMade') : t('newToken')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
      closeOnClickOutside={!make.data}
      size="lg"
    >
      {make.data ? (
        <Made token={make.data.token} onDone={close} />
      ) : (
        <form onSubmit={form.onSubmit(values => make.mutate(values))}>
          <Stack>
            {!fieldErrors(make.error, fields) && <ErrorAlert error={make.error} />}
            <TextInput
              label={t('tokenName')}
              description={t('tokenNameHint')}
              required
              maxLength={100}
              data-autofocus
              {...form.getInputProps('name')}
            />
            <EmployeeSelect {...form.getInputProps('employee')} />
            <Select
              label={t('lifetime')}
              data={lifetimes.map(days => ({ value: days, label: t('days', { count: Number(days) }) }))}
              allowDeselect={false}
              {...form.getInputProps('days')}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t('common:action.cancel')}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t('makeToken')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

type EmployeeProps = { value?: string | null; onChange?: (value: string | null) => void }

/** Bound to an AI employee, the token can do what that one may do for the person, and no more. */
function EmployeeSelect(props: EmployeeProps) {
  const { t } = useTranslation(['account', 'common'])
  const { employees } = useMe()
  if (employees.length === 0) return null
  return (
    <Select
      label={t('boundTo')}
      description={t('boundToHint')}
      placeholder={t('boundToNone')}
      data={employees.map(({ name, title }) => ({ value: name, label: title || name }))}
      clearable
      clearButtonProps={{ 'aria-label': `${t('common:action.clear')}: ${t('boundTo')}` }}
      {...props}
    />
  )
}

function Made({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation(['account', 'common'])
  const origin = location.origin
  return (
    <Stack>
      <Alert icon={<IconKey size={18} />} color="blue" role="status">
        {t('tokenOnce')}
      </Alert>
      <Secret label={t('token')} value={token} focus />
      <Secret
        label={t('overHTTP')}
        value={`curl ${origin}/api/me -H "Authorization: Bearer ${token}"`}
        description={t('overHTTPHint')}
      />
      <Secret label={t('overMCP')} value={`${origin}/mcp`} description={t('overMCPHint')} />
      <Group justify="flex-end">
        <Button onClick={onDone}>{t('common:action.done')}</Button>
      </Group>
    </Stack>
  )
}
