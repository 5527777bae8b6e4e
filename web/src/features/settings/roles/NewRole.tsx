import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameFrom } from '../policy/document'
import { usePolicy } from '../policy/draft'

type Props = { opened: boolean; onClose: () => void }

/** Asks how a new role is to be called and where it begins. */
export function NewRole({ opened, onClose }: Props) {
  const { t } = useTranslation('settings-roles')
  const { t: tc } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('newTitle')}
      closeButtonProps={{ 'aria-label': tc('action.close') }}
    >
      {opened && <Form onClose={onClose} />}
    </Modal>
  )
}

function Form({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('settings-roles')
  const { t: tc } = useTranslation()
  const { document, edit } = usePolicy()
  const navigate = useNavigate()
  const [title, setTitle] = useState('')
  const [typed, setTyped] = useState<string | null>(null)
  const [from, setFrom] = useState<string | null>(null)
  const roles = document.roles ?? []
  const name = typed ?? nameFrom(title)
  const taken = roles.some(role => role.name === name)
  const submit = (event: React.FormEvent) => {
    event.preventDefault()
    if (!name || taken) return
    edit(doc => {
      const like = doc.roles?.find(role => role.name === from)
      doc.roles = [...(doc.roles ?? []), { ...(like && structuredClone(like)), name, title: title.trim() }]
    })
    onClose()
    void navigate({ to: '/settings/roles', search: { role: name, tab: 'general' } as never })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('title')}
          value={title}
          onChange={e => setTitle(e.currentTarget.value)}
          required
          data-autofocus
        />
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          value={name}
          onChange={e => setTyped(e.currentTarget.value)}
          error={taken && t('taken')}
          required
        />
        <Select
          label={t('from')}
          placeholder={t('fromNothing')}
          data={roles.map(role => ({ value: role.name, label: role.title || role.name }))}
          value={from}
          onChange={setFrom}
          clearable
          clearButtonProps={{ 'aria-label': tc('action.clear') }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {tc('action.cancel')}
          </Button>
          <Button type="submit" disabled={!name || taken}>
            {tc('action.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
