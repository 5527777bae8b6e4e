import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { InitialPassword } from './InitialPassword'
import { DepartmentSelect, PersonSelect, RoleSelect } from './inputs'

type Values = { name: string; email: string; title: string; department: string; manager: string; roles: string[] }

const none: Values = { name: '', email: '', title: '', department: '', manager: '', roles: [] }

/** Adds a person and shows their initial password, this once. */
export function InvitePerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(['settings-people', 'common'])
  const queryClient = useQueryClient()
  const form = useForm<Values>({ initialValues: none })
  const invite = useMutation({
    mutationFn: ({ roles, ...values }: Values) =>
      body(api.POST('/api/people', { body: { ...values, roles: roles.map(name => ({ name })) } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['people'] }),
    onError: error => form.setErrors(fieldErrors(error, Object.keys(none)) ?? {}),
  })
  const close = () => {
    onClose()
    invite.reset()
    form.reset()
  }
  const named = fieldErrors(invite.error, Object.keys(none))
  const made = invite.data
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made ? t('invited', { name: made.person.name }) : t('invite')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
      closeOnClickOutside={!made}
      size="lg"
    >
      {made ? (
        <Stack>
          <InitialPassword email={made.person.email} password={made.initial_password} />
          <Group justify="flex-end">
            <Button
              variant="default"
              component={Link}
              to="/settings/people/$id"
              params={{ id: made.person.id } as never}
            >
              {t('openPerson')}
            </Button>
            <Button onClick={close}>{t('common:action.done')}</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit(values => invite.mutate(values))}>
          <Stack>
            {!named && <ErrorAlert error={invite.error} />}
            <TextInput label={t('name')} required data-autofocus maxLength={200} {...form.getInputProps('name')} />
            <TextInput label={t('email')} type="email" required maxLength={254} {...form.getInputProps('email')} />
            <TextInput label={t('position')} maxLength={200} {...form.getInputProps('title')} />
            <DepartmentSelect label={t('department')} {...form.getInputProps('department')} />
            <PersonSelect label={t('manager')} {...form.getInputProps('manager')} />
            <RoleSelect label={t('roles')} description={t('rolesHint')} {...form.getInputProps('roles')} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t('common:action.cancel')}
              </Button>
              <Button type="submit" loading={invite.isPending}>
                {t('inviteNow')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
