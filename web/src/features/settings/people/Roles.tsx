import { ActionIcon, Button, Group, Select, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '@/shared/DataStates'
import { DateInput } from '@/shared/date/DateInput'
import { useCompany } from '@/shared/useCompany'
import { useLeaveGuard } from '@/shared/useLeaveGuard'
import { fromZone, toZone } from '@/shared/zone'
import { type Membership, type Person, useRoles } from './queries'
import classes from './Roles.module.css'
import { useSetRoles } from './useSavePerson'

/** The roles that a person holds, each for good or until some moment. They are replaced together. */
export function Roles({ person }: { person: Person }) {
  const { t } = useTranslation(['settings-people', 'common'])
  const [roles, setRoles] = useState<Membership[]>(person.roles)
  const save = useSetRoles(person.id)
  const changed = JSON.stringify(roles) !== JSON.stringify(person.roles)
  useLeaveGuard(() => changed)
  const cancel = () => {
    setRoles(person.roles)
    save.reset()
  }
  return (
    <Stack>
      <ErrorAlert error={save.error} />
      {roles.length === 0 && <Text c="dimmed">{t('noRoleHint')}</Text>}
      {roles.length > 0 && (
        <ul className={classes.list}>
          {roles.map(role => (
            <RoleLine
              key={role.name}
              role={role}
              onChange={next => setRoles(roles.map(other => (other === role ? next : other)))}
              onRemove={() => setRoles(roles.filter(other => other !== role))}
            />
          ))}
        </ul>
      )}
      <AddRole held={roles} onAdd={name => setRoles([...roles, { name }])} />
      <Group justify="flex-end">
        {changed && (
          <Button variant="default" onClick={cancel}>
            {t('common:action.cancel')}
          </Button>
        )}
        <Button
          disabled={!changed}
          loading={save.isPending}
          onClick={() => save.mutate(roles, { onSuccess: saved => setRoles(saved.roles) })}
        >
          {t('saveRoles')}
        </Button>
      </Group>
    </Stack>
  )
}

type LineProps = { role: Membership; onChange: (role: Membership) => void; onRemove: () => void }

function RoleLine({ role, onChange, onRemove }: LineProps) {
  const { t } = useTranslation(['settings-people', 'common'])
  const { timeZone } = useCompany()
  const known = useRoles().find(({ name }) => name === role.name)
  const title = known?.title ?? role.name
  return (
    <li className={classes.line}>
      <div className={classes.name}>
        <Text fw={500}>{title}</Text>
        {known?.description && (
          <Text size="sm" c="dimmed">
            {known.description}
          </Text>
        )}
      </div>
      <DateInput
        withTime
        aria-label={t('endOf', { role: title })}
        placeholder={t('forGood')}
        value={role.not_after ? toZone(role.not_after, timeZone) : null}
        onChange={next => onChange({ name: role.name, not_after: next ? fromZone(next, timeZone) : undefined })}
        clearable
        clearLabel={`${t('common:action.clear')}: ${t('endOf', { role: title })}`}
        className={classes.end}
      />
      <ActionIcon onClick={onRemove} aria-label={t('takeAway', { role: title })}>
        <IconX size={16} />
      </ActionIcon>
    </li>
  )
}

function AddRole({ held, onAdd }: { held: Membership[]; onAdd: (name: string) => void }) {
  const { t } = useTranslation(['settings-people', 'common'])
  const free = useRoles().filter(({ name }) => !held.some(role => role.name === name))
  if (free.length === 0) return null
  return (
    <Select
      aria-label={t('addRole')}
      placeholder={t('addRole')}
      data={free.map(({ name, title }) => ({ value: name, label: title }))}
      value={null}
      onChange={name => name && onAdd(name)}
      searchable
      nothingFoundMessage={t('common:field.nothingFound')}
      maw={280}
    />
  )
}
