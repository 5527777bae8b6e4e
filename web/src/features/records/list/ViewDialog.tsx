import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { createView, type SavedView, updateView, type ViewDraft } from './views'

type Props = {
  collection: string
  /** The view whose name and sharing are changed; null for a new one. */
  edited: SavedView | null
  draft: ViewDraft
  opened: boolean
  onClose: () => void
  onSaved: (view: SavedView) => void
}

/** Names a view and says with whom it is shared. */
export function ViewDialog({ collection, edited, draft, opened, onClose, onSaved }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const [name, setName] = useState(edited?.name ?? '')
  const [shared, setShared] = useState<'private' | 'everyone'>(edited?.shared === 'everyone' ? 'everyone' : 'private')
  const save = useMutation({
    mutationFn: () =>
      edited
        ? updateView(edited.id, { name: name.trim(), shared })
        : createView(collection, { ...draft, name: name.trim(), shared }),
    onSuccess: view => {
      if (!edited) setName('')
      onSaved(view)
    },
  })
  const wrong = fieldErrors(save.error, ['name'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={edited ? t('view.edit') : t('view.saveAs')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          {save.error && !wrong && <ErrorAlert error={save.error} />}
          <TextInput
            label={t('view.name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            error={wrong?.name}
            required
            maxLength={100}
            data-autofocus
          />
          <Select
            label={t('view.sharedWith')}
            description={t('view.sharedHint')}
            data={[
              { value: 'private', label: t('view.private') },
              { value: 'everyone', label: t('view.everyone') },
            ]}
            value={shared}
            onChange={next => setShared(next === 'everyone' ? 'everyone' : 'private')}
            allowDeselect={false}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:action.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
              {t('common:action.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
