import { Anchor, Badge, Group, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/shared/format'
import { type Person, useRoles } from './queries'

/** People, one a line; the name leads to the person. */
export function PeopleTable({ people }: { people: Person[] }) {
  const { t } = useTranslation('settings-people')
  const heads = ['name', 'position', 'department', 'roles', 'seen'] as const
  return (
    <Table.ScrollContainer minWidth={820} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table highlightOnHover verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {heads.map(head => (
              <Table.Th key={head} scope="col">
                {t(head)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map(person => (
            <PersonLine key={person.id} person={person} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function PersonLine({ person }: { person: Person }) {
  const { t } = useTranslation('settings-people')
  const format = useFormat()
  return (
    <Table.Tr>
      <Table.Td maw={280}>
        <Group gap="xs">
          <Anchor component={Link} to="/settings/people/$id" params={{ id: person.id } as never} fw={500}>
            {person.name}
          </Anchor>
          <PersonState person={person} />
        </Group>
        <Text size="sm" c="dimmed" truncate>
          {person.email}
        </Text>
      </Table.Td>
      <Table.Td>
        {person.title || (
          <Text c="dimmed" size="sm">
            —
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {person.department?.name ?? (
          <Text c="dimmed" size="sm">
            —
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <RoleBadges roles={person.roles} />
      </Table.Td>
      <Table.Td>
        {person.seen ? (
          format.ago(person.seen)
        ) : (
          <Text c="dimmed" size="sm">
            {t('never')}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** Says where a person cannot simply sign in. */
export function PersonState({ person }: { person: Person }) {
  const { t } = useTranslation('settings-people')
  if (!person.active) return <Badge color="gray">{t('inactive')}</Badge>
  if (person.password === 'none') return <Badge color="orange">{t('noPassword')}</Badge>
  if (person.password === 'initial') return <Badge color="blue">{t('initialPassword')}</Badge>
  return null
}

function RoleBadges({ roles }: { roles: Person['roles'] }) {
  const { t } = useTranslation('settings-people')
  const format = useFormat()
  const known = useRoles()
  if (roles.length === 0)
    return (
      <Text c="dimmed" size="sm">
        {t('noRole')}
      </Text>
    )
  return (
    <Group gap={6}>
      {roles.map(role => {
        const over = role.not_after !== undefined && new Date(role.not_after).getTime() <= Date.now()
        const title = known.find(({ name }) => name === role.name)?.title ?? role.name
        return (
          <Badge key={role.name} color={over ? 'gray' : 'blue'}>
            {title}
            {role.not_after && ` · ${t(over ? 'ended' : 'until', { when: format.timestamp(role.not_after) })}`}
          </Badge>
        )
      })}
    </Group>
  )
}
