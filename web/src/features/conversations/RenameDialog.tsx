import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { ErrorAlert } from '@/shared/DataStates'
import { changed } from '../assistant/turns/queries'
import type { Conversation } from '../assistant/turns/types'

/** Gives a conversation another title. */
export function RenameDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation(['conversations', 'common'])
  const [title, setTitle] = useState(conversation.title)
  const rename = useMutation({
    mutationFn: () =>
      api.PATCH('/api/conversations/{id}', {
        params: { path: { id: conversation.id } },
        body: { title: title.trim() },
      }),
    onSuccess: () => {
      changed(conversation.id)
      onClose()
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('rename.label')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          rename.mutate()
        }}
      >
        <ErrorAlert error={rename.error} />
        <TextInput
          label={t('rename.title')}
          value={title}
          onChange={event => setTitle(event.currentTarget.value)}
          maxLength={200}
          data-autofocus
        />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={rename.isPending} disabled={!title.trim()}>
            {t('common:action.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
