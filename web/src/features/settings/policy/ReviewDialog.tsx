import { Button, Group, List, Modal, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { isProblem } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { useNotify } from '@/shared/useNotify'
import { DiffView } from './DiffView'
import { policyQuery, usePolicy, useProblems, worded } from './draft'

type Props = { opened: boolean; onClose: () => void; onMoved: () => void }

/** What the unsaved changes would do, before they are saved. */
export function ReviewDialog({ opened, onClose, onMoved }: Props) {
  const { t } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="60rem"
      title={t('reviewTitle')}
      closeButtonProps={{ 'aria-label': tc('action.close') }}
    >
      {opened && <Review onClose={onClose} onMoved={onMoved} />}
    </Modal>
  )
}

function Review({ onClose, onMoved }: Omit<Props, 'opened'>) {
  const { t } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  const notify = useNotify()
  const client = useQueryClient()
  const { document, base, discard } = usePolicy()
  const problems = useProblems()
  const save = useMutation({
    mutationFn: () => body(api.PUT('/api/policy', { body: { document, epoch: base.epoch } })),
    onSuccess: async () => {
      await client.refetchQueries({ queryKey: policyQuery.queryKey })
      discard()
      onClose()
      notify.done(t('saved'))
      await client.invalidateQueries()
    },
    onError: async error => {
      if (!isProblem(error, 'conflict')) return
      await client.refetchQueries({ queryKey: policyQuery.queryKey })
      onMoved()
    },
  })
  return (
    <Stack>
      {problems.length > 0 ? (
        <>
          <Title order={3} size="h4">
            {t('wrong', { count: problems.length })}
          </Title>
          <List size="sm">
            {problems.map(problem => (
              <List.Item key={problem.path + problem.message}>
                <Text span ff="monospace" size="sm">
                  {problem.path}
                </Text>{' '}
                {worded(problem)}
              </List.Item>
            ))}
          </List>
        </>
      ) : (
        <DiffView
          queryKey={['policy', 'diff', base.epoch, document]}
          read={(after, signal) =>
            body(api.POST('/api/policy/diff', { body: { document, counts: true, after }, signal }))
          }
        />
      )}
      <ErrorAlert error={isProblem(save.error, 'conflict') ? null : save.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {tc('action.cancel')}
        </Button>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={problems.length > 0}>
          {t('save')}
        </Button>
      </Group>
    </Stack>
  )
}
