import { ActionIcon, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { recordsQuery } from '@/api/queries'
import { useMe } from '@/app/useMe'
import { ErrorAlert } from '@/shared/DataStates'
import { RelationInput } from '@/shared/RelationInput'
import { useNotify } from '@/shared/useNotify'
import { changed } from '../assistant/turns/queries'
import type { Conversation } from '../assistant/turns/types'

/** Chooses who else may read a conversation. Each of them reads what they may see themselves. */
export function ShareDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation(['conversations', 'common'])
  const me = useMe()
  const notify = useNotify()
  const [people, setPeople] = useState(conversation.shares ?? [])
  const names = useNames(people)
  const share = useMutation({
    mutationFn: () =>
      api.PUT('/api/conversations/{id}/shares', { params: { path: { id: conversation.id } }, body: { people } }),
    onSuccess: () => {
      changed(conversation.id)
      notify.done(people.length > 0 ? t('share.done') : t('share.undone'))
      onClose()
    },
  })
  const add = (id: string | null) => id && id !== me.id && !people.includes(id) && setPeople([...people, id])
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('share.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t('share.text')}
        </Text>
        <ErrorAlert error={share.error} />
        <RelationInput
          key={people.length}
          field={{ name: 'person_id', target: 'people' }}
          label={t('share.person')}
          value={null}
          onChange={add}
        />
        {people.length > 0 && (
          <Stack component="ul" gap={4} m={0} p={0} style={{ listStyle: 'none' }}>
            {people.map(id => (
              <Group component="li" key={id} justify="space-between">
                <Text>{names(id)}</Text>
                <ActionIcon
                  aria-label={t('share.remove', { name: names(id) })}
                  onClick={() => setPeople(people.filter(other => other !== id))}
                >
                  <IconX size={16} />
                </ActionIcon>
              </Group>
            ))}
          </Stack>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button loading={share.isPending} onClick={() => share.mutate()}>
            {t('common:action.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** The names of people by their ids. */
function useNames(ids: string[]): (id: string) => string {
  const { t } = useTranslation('conversations')
  const query = useQuery({
    ...recordsQuery('people', { fields: ['name'], filter: { id: { $in: ids } } as never, limit: 100 }),
    enabled: ids.length > 0,
  })
  const found = new Map(query.data?.records.map(person => [person.id, String(person.name)]))
  return id => found.get(id) ?? (query.isPending ? '…' : t('share.someone'))
}
