import { ActionIcon, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '@/shared/DataStates'
import { usePolicy } from './draft'
import { addressOf } from './model'
import { ScopeEditor } from './ScopeEditor'
import { type Doc, type ModelCollection, mainSource, type Scope } from './types'

type Props = { opened: boolean; onClose: () => void; collection: ModelCollection; title: string }

/** The named filters of a collection: a list, or one of them to edit. */
export function ScopesDialog({ opened, onClose, collection, title }: Props) {
  const { t } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  const [edited, setEdited] = useState<Scope | 'new' | null>(null)
  const close = () => {
    setEdited(null)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="56rem"
      title={t('scopes.title', { collection: title })}
      closeButtonProps={{ 'aria-label': tc('action.close') }}
    >
      {opened &&
        (edited ? (
          <ScopeEditor
            collection={collection}
            scope={edited === 'new' ? undefined : edited}
            onDone={() => setEdited(null)}
          />
        ) : (
          <ScopeList collection={collection} onEdit={setEdited} />
        ))}
    </Modal>
  )
}

/** The titles of the roles and AI employees that use a scope. */
function usersOf(document: Doc, scope: Scope): string[] {
  const own = addressOf(scope.data_source, scope.collection)
  const uses = (grants: NonNullable<Doc['roles']>[number]['grants']) =>
    grants?.some(
      g => addressOf(g.data_source, g.collection) === own && [g.scope, g.scope_after].includes(scope.name),
    ) ?? false
  return [
    ...(document.roles ?? []).filter(role => uses(role.grants)).map(role => role.title || role.name),
    ...(document.employees ?? []).filter(employee => uses(employee.remit.grants)).map(employee => employee.title),
  ]
}

type ListProps = { collection: ModelCollection; onEdit: (scope: Scope | 'new') => void }

function ScopeList({ collection, onEdit }: ListProps) {
  const { t } = useTranslation('settings-policy')
  const { document } = usePolicy()
  const own = addressOf(collection.data_source, collection.name)
  const scopes = (document.scopes ?? []).filter(s => addressOf(s.data_source, s.collection) === own)
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('scopes.lead')}
      </Text>
      {scopes.length === 0 && <EmptyState compact title={t('scopes.none')} />}
      {scopes.map(scope => (
        <ScopeLine key={scope.name} scope={scope} onEdit={() => onEdit(scope)} />
      ))}
      <div>
        <Button leftSection={<IconPlus size={16} />} onClick={() => onEdit('new')}>
          {t('scopes.new')}
        </Button>
      </div>
    </Stack>
  )
}

function ScopeLine({ scope, onEdit }: { scope: Scope; onEdit: () => void }) {
  const { t } = useTranslation('settings-policy')
  const { document, edit } = usePolicy()
  const users = usersOf(document, scope)
  const name = scope.title || scope.name
  const remove = () =>
    edit(doc => {
      doc.scopes = doc.scopes?.filter(
        s =>
          s.name !== scope.name ||
          s.collection !== scope.collection ||
          (s.data_source || mainSource) !== (scope.data_source || mainSource),
      )
    })
  return (
    <Group justify="space-between" wrap="nowrap" align="start">
      <div>
        <Text size="sm" fw={500}>
          {name}
        </Text>
        <Text size="sm" ff="monospace">
          {scope.expression}
        </Text>
        <Text size="xs" c="dimmed">
          {users.length ? t('scopes.usedBy', { names: users.join(', ') }) : t('scopes.unused')}
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        <ActionIcon aria-label={t('scopes.edit', { name })} onClick={onEdit}>
          <IconPencil size={16} />
        </ActionIcon>
        {users.length === 0 && (
          <ActionIcon aria-label={t('scopes.remove', { name })} onClick={remove}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </Group>
    </Group>
  )
}
