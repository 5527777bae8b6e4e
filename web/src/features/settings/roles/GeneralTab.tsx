import { Button, Checkbox, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { useConfirm } from '@/shared/useConfirm'
import { useCatalog } from '../policy/catalog'
import { removeRole, toggled } from '../policy/document'
import { usePolicy } from '../policy/draft'
import { levels, type Role } from '../policy/types'
import { useEditRole, useRoleProblem } from './useRole'

/** Titles, the clearance, and what the role may beside data. */
export function GeneralTab({ role }: { role: Role }) {
  const { t, i18n } = useTranslation('settings-roles')
  const { t: tp } = useTranslation('settings-policy')
  const edit = useEditRole(role.name)
  const problem = useRoleProblem(role.name)
  const { capabilities } = useCatalog()
  const text = (capability: string) => {
    const key = capability.replace('.', '-') as 'people-manage'
    return i18n.exists(`settings-roles:capability.${key}`) ? t(`capability.${key}`) : capability
  }
  return (
    <Stack maw="40rem">
      <TextInput
        label={t('title')}
        value={role.title ?? ''}
        error={problem('title')}
        onChange={event => {
          const { value } = event.currentTarget
          edit(r => {
            r.title = value
          })
        }}
      />
      <Textarea
        label={t('description')}
        value={role.description ?? ''}
        error={problem('description')}
        autosize
        minRows={2}
        onChange={event => {
          const { value } = event.currentTarget
          edit(r => {
            r.description = value
          })
        }}
      />
      <Select
        label={t('clearance')}
        description={t('clearanceHint')}
        data={levels.map(level => ({ value: level, label: tp(`level.${level}`) }))}
        value={role.clearance || 'public'}
        error={problem('clearance')}
        allowDeselect={false}
        onChange={level =>
          edit(r => {
            r.clearance = level ?? undefined
          })
        }
      />
      <Checkbox.Group
        label={t('capabilities')}
        description={t('capabilitiesHint')}
        error={problem('capabilities')}
        value={role.capabilities ?? []}
      >
        <Stack gap="xs" mt="xs">
          {capabilities.map(capability => (
            <Checkbox
              key={capability}
              value={capability}
              label={text(capability)}
              onChange={event => {
                const { checked } = event.currentTarget
                edit(r => {
                  r.capabilities = toggled(r.capabilities, capability, checked)
                })
              }}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <div>
        <DeleteRole role={role} />
      </div>
    </Stack>
  )
}

function DeleteRole({ role }: { role: Role }) {
  const { t } = useTranslation('settings-roles')
  const { edit } = usePolicy()
  const confirm = useConfirm()
  const navigate = useNavigate()
  const ask = async () => {
    const text = await holders(role.name).then(
      names =>
        names.length ? t('deleteHeld', { count: names.length, names: names.slice(0, 10).join(', ') }) : t('deleteFree'),
      () => t('deleteUnknown'),
    )
    const title = t('deleteTitle', { name: role.title || role.name })
    if (!(await confirm({ title, text, confirm: t('delete'), danger: true }))) return
    edit(document => removeRole(document, role.name))
    void navigate({ to: '/settings/roles', search: {} as never })
  }
  return (
    <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => void ask()}>
      {t('delete')}
    </Button>
  )
}

/** The names of who holds a role, as far as one page shows them. */
async function holders(role: string): Promise<string[]> {
  const { people } = await body(api.GET('/api/people', { params: { query: { role, limit: 200 } } }))
  return people.map(person => person.name)
}
