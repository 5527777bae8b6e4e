import { Button, Checkbox, Drawer, Select, Stack, Table, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { DateInput } from '@/shared/date/DateInput'
import { useModelText } from '@/shared/useModelText'
import { type Group, hasField, share, withAction, withField } from './grants'
import { type Action, every, fieldActions, type ModelCollection } from './types'

type Props = {
  opened: boolean
  onClose: () => void
  collection: ModelCollection
  group: Group
  title: string
  scopes: { value: string; label: string }[]
  onChange: (group: Group) => void
}

/** The fields of each action, and what else is said of these rows. */
export function GrantDrawer({ opened, onClose, title, ...props }: Props) {
  const { t } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="xl"
      title={t('grants.fields', { collection: title })}
      closeButtonProps={{ 'aria-label': tc('action.close') }}
    >
      {opened && <Configure title={title} onClose={onClose} {...props} />}
    </Drawer>
  )
}

function Configure({ collection, group, title, scopes, onChange, onClose }: Omit<Props, 'opened'>) {
  const { t } = useTranslation('settings-policy')
  const scope = scopes.find(option => option.value === group.scope)?.label ?? group.scope
  const changes = group.cells.create !== undefined || group.cells.update !== undefined
  return (
    <Stack>
      <Text size="sm">
        {t('grants.rowsText')} <strong>{scope}</strong>
      </Text>
      <FieldGrid {...{ collection, group, title, onChange }} />
      {changes && (
        <Select
          label={t('grants.after')}
          description={t('grants.afterText')}
          placeholder={t('grants.afterSame')}
          data={scopes}
          value={group.scopeAfter ?? null}
          onChange={next => onChange({ ...group, scopeAfter: next ?? undefined })}
          clearable
        />
      )}
      <DateInput
        label={t('grants.end')}
        description={t('grants.endText')}
        value={group.notAfter?.slice(0, 10) ?? null}
        onChange={day => onChange({ ...group, notAfter: day ? `${day}T00:00:00Z` : undefined })}
        clearable
      />
      <div>
        <Button
          variant="default"
          leftSection={<IconTrash size={16} />}
          onClick={() => {
            onClose()
            onChange({ ...group, cells: {} })
          }}
        >
          {t('grants.remove')}
        </Button>
      </div>
    </Stack>
  )
}

type GridProps = Pick<Props, 'collection' | 'group' | 'title' | 'onChange'>

function FieldGrid({ collection, group, title, onChange }: GridProps) {
  const { t } = useTranslation('settings-policy')
  const model = useModelText()
  const fields = collection.fields
  const open = (action: Action) => fields.filter(field => action === 'view' || !field.read_only)
  return (
    <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6} aria-label={t('grants.fields', { collection: title })}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('grants.field')}</Table.Th>
            {fieldActions.map(action => (
              <Table.Th key={action}>
                <Checkbox
                  label={t(`action.${action}`)}
                  aria-label={t('grants.column', { action: t(`action.${action}`) })}
                  checked={group.cells[action] === every}
                  indeterminate={group.cells[action] !== every && share(group.cells[action], fields) !== 'none'}
                  onChange={() =>
                    onChange(withAction(group, action, group.cells[action] === every ? undefined : every))
                  }
                />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map(field => (
            <Table.Tr key={field.name}>
              <Table.Td>
                <Text size="sm">{model.field(field)}</Text>
                <Text size="xs" c="dimmed">
                  {t(`level.${field.sensitivity as 'public'}`)}
                </Text>
              </Table.Td>
              {fieldActions.map(action => (
                <Table.Td key={action}>
                  {action !== 'view' && field.read_only ? (
                    <Text size="xs" c="dimmed">
                      {t('grants.kept')}
                    </Text>
                  ) : (
                    <Checkbox
                      aria-label={t('grants.fieldCell', {
                        action: t(`action.${action}`),
                        field: model.field(field),
                      })}
                      checked={hasField(group.cells[action], field.name)}
                      onChange={event => {
                        const { checked } = event.currentTarget
                        const next = withField(group.cells[action], field.name, checked, open(action))
                        onChange(withAction(group, action, next))
                      }}
                    />
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
