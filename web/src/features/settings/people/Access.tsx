import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { useMe } from '@/app/useMe'
import { ErrorAlert } from '@/shared/DataStates'
import { useConfirm } from '@/shared/useConfirm'
import { InitialPassword } from './InitialPassword'
import type { Person } from './queries'
import { useChangePerson } from './useSavePerson'

/** Whether and how a person gets in: their password, and being active at all. */
export function Access({ person }: { person: Person }) {
  const { t } = useTranslation(['settings-people', 'common'])
  const me = useMe()
  return (
    <Stack>
      <Group justify="space-between" gap="sm">
        <Text size="sm" maw="26rem">
          {t(`password_${person.password}`)}
        </Text>
        {person.id === me.id ? <Text c="dimmed">{t('ownPassword')}</Text> : <Reset person={person} />}
      </Group>
      <Active person={person} own={person.id === me.id} />
    </Stack>
  )
}

function Reset({ person }: { person: Person }) {
  const { t } = useTranslation(['settings-people', 'common'])
  const queryClient = useQueryClient()
  const confirm = useConfirm()
  const reset = useMutation({
    mutationFn: () => body(api.PUT('/api/people/{id}/password', { params: { path: { id: person.id } }, body: {} })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['people'] }),
  })
  const ask = async () => {
    const sure = await confirm({
      title: t('resetTitle', { name: person.name }),
      text: t('resetText'),
      confirm: t('reset'),
    })
    if (sure) reset.mutate()
  }
  return (
    <>
      <Button variant="default" loading={reset.isPending} onClick={() => void ask()}>
        {t('reset')}
      </Button>
      <ErrorAlert error={reset.error} />
      <Modal
        opened={reset.data !== undefined}
        onClose={reset.reset}
        title={t('newPassword', { name: person.name })}
        closeButtonProps={{ 'aria-label': t('common:action.close') }}
        closeOnClickOutside={false}
      >
        <Stack>
          <InitialPassword email={person.email} password={reset.data?.initial_password ?? ''} />
          <Group justify="flex-end">
            <Button onClick={reset.reset}>{t('common:action.done')}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

function Active({ person, own }: { person: Person; own: boolean }) {
  const { t } = useTranslation('settings-people')
  const confirm = useConfirm()
  const change = useChangePerson(person.id)
  const end = async () => {
    const sure = await confirm({
      title: t('deactivateTitle', { name: person.name }),
      text: own ? t('deactivateSelf') : t('deactivateText'),
      confirm: t('deactivate'),
      danger: true,
    })
    if (sure) change.mutate({ active: false })
  }
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Text size="sm" maw="26rem">
          {t(person.active ? 'isActive' : 'isInactive')}
        </Text>
        {person.active ? (
          <Button variant="light" color="red" loading={change.isPending} onClick={() => void end()}>
            {t('deactivate')}
          </Button>
        ) : (
          <Button variant="default" loading={change.isPending} onClick={() => change.mutate({ active: true })}>
            {t('activate')}
          </Button>
        )}
      </Group>
      <ErrorAlert error={change.error} />
    </>
  )
}
