import { Checkbox, Stack, Table, Text, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '@/shared/DataStates'
import { usePolicy } from '../policy/draft'
import type { Role, Task } from '../policy/types'

/** Which tasks people of the role see. Who sees a task is said at the task: this is the same, from the role's side. */
export function TasksTab({ role }: { role: Role }) {
  const { t } = useTranslation('settings-roles')
  const { document, edit } = usePolicy()
  const tasks = document.tasks ?? []
  const others = (document.roles ?? []).map(r => r.name).filter(name => name !== role.name)
  const set = (name: string, on: boolean) =>
    edit(doc => {
      const task = doc.tasks?.find(candidate => candidate.name === name)
      if (!task) return
      if (on) task.roles = [...(task.roles ?? []), role.name]
      else task.roles = task.roles?.length ? task.roles.filter(r => r !== role.name) : others
    })
  if (tasks.length === 0) return <EmptyState title={t('tasks.empty')} />
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('tasks.hint')}
      </Text>
      <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing="sm" aria-label={t('tasks.caption')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('tasks.task')}</Table.Th>
              <Table.Th>{t('tasks.employee')}</Table.Th>
              <Table.Th>{t('tasks.seen')}</Table.Th>
              <Table.Th>{t('tasks.visible')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tasks.map(task => (
              <TaskRow key={task.name} role={role} task={task} set={set} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

type RowProps = { role: Role; task: Task; set: (name: string, on: boolean) => void }

function TaskRow({ role, task, set }: RowProps) {
  const { t } = useTranslation('settings-roles')
  const { document } = usePolicy()
  const employee = document.employees?.find(e => e.name === task.employee)?.title ?? task.employee
  const named = task.roles ?? []
  const titleOf = (name: string) => document.roles?.find(r => r.name === name)?.title || name
  const only = named.length === 1 && named[0] === role.name
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500}>
          {task.title}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{employee}</Text>
        {!role.employees?.includes(task.employee) && (
          <Text size="xs" c="dimmed">
            {t('tasks.notAvailable', { name: employee })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm">{named.length ? named.map(titleOf).join(', ') : t('tasks.everyone')}</Text>
      </Table.Td>
      <Table.Td>
        <Tooltip label={t('tasks.last')} disabled={!only}>
          <Checkbox
            aria-label={t('tasks.visibleOf', { name: task.title })}
            checked={named.length === 0 || named.includes(role.name)}
            aria-disabled={only}
            onChange={event => {
              if (!only) set(task.name, event.currentTarget.checked)
            }}
          />
        </Tooltip>
      </Table.Td>
    </Table.Tr>
  )
}
