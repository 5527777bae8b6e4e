import { Button, Group, Modal, MultiSelect, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { createView, type SavedView, updateView, type ViewDraft, viewRolesQuery } from './views'

type Props = {
  collection: string
  /** The view whose name and sharing are changed; null for a new one. */
  edited: SavedView | null
  draft: ViewDraft
  onClose: () => void
  onSaved: (view: SavedView) => void
}

/** Names a view and says with whom it is shared. */
export function ViewDialog(props: Props) {
  const { t } = useTranslation(['records-list', 'common'])
  const { edited, onClose } = props
  return (
    <Modal
      opened
      onClose={onClose}
      title={edited ? t('view.edit') : t('view.saveAs')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <Form {...props} />
    </Modal>
  )
}

type Shared = SavedView['shared']

function Form({ collection, edited, draft, onClose, onSaved }: Props) {
  const { t } = useTranslation(['records-list', 'common'])
  const [name, setName] = useState(edited?.name ?? '')
  const [shared, setShared] = useState<Shared>(edited?.shared ?? 'private')
  const [roles, setRoles] = useState(edited?.roles ?? [])
  const sharing = { name: name.trim(), shared, ...(shared === 'roles' && { roles }) }
  const save = useMutation({
    mutationFn: () => (edited ? updateView(edited.id, sharing) : createView(collection, { ...draft, ...sharing })),
    onSuccess: onSaved,
  })
  const wrong = fieldErrors(save.error, ['name', 'roles'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
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
          data={(['private', 'everyone', 'roles'] as const).map(value => ({ value, label: t(`view.${value}`) }))}
          value={shared}
          onChange={next => setShared(next as Shared)}
          allowDeselect={false}
        />
        {shared === 'roles' && (
          <RolesInput had={edited?.roles} value={roles} onChange={setRoles} error={wrong?.roles} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!name.trim() || (shared === 'roles' && !roles.length)}
          >
            {t('common:action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type RolesProps = {
  /** With which the view is shared already: they may stay. */
  had?: string[]
  value: string[]
  onChange: (roles: string[]) => void
  error?: string
}

/** Chooses among the roles that the person may share with. */
function RolesInput({ had = [], value, onChange, error }: RolesProps) {
  const { t } = useTranslation('records-list')
  const query = useQuery(viewRolesQuery)
  if (query.error) return <ErrorAlert error={query.error} />
  const possible = query.data ?? []
  const others = had.filter(name => !possible.some(role => role.name === name))
  return (
    <MultiSelect
      label={t('view.rolesLabel')}
      description={t('view.rolesHint')}
      data={[
        ...possible.map(role => ({ value: role.name, label: role.title || role.name })),
        ...others.map(name => ({ value: name, label: name })),
      ]}
      value={value}
      onChange={onChange}
      error={error}
      nothingFoundMessage={query.isSuccess ? t('view.noRoles') : undefined}
      required
      searchable
    />
  )
}
