import { Anchor, Badge, Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import { Page } from '@/shared/Page'
import { DraftBar } from '../policy/DraftBar'
import { nameFrom } from '../policy/document'
import { usePolicy } from '../policy/draft'

/** The AI employees, and to whom each is available. */
export function EmployeesPage() {
  const { t } = useTranslation(['settings-employees', 'settings'])
  const { t: tc } = useTranslation()
  const { document } = usePolicy()
  const [making, setMaking] = useState(false)
  usePageContext({ page: 'settings/employees' })
  const employees = document.employees ?? []
  return (
    <Page
      title={t('settings:employees')}
      lead={t('lead')}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t('new')}
        </Button>
      }
    >
      {employees.length === 0 ? <EmptyState title={t('empty')} /> : <List />}
      <DraftBar />
      <Modal
        opened={making}
        onClose={() => setMaking(false)}
        title={t('new')}
        closeButtonProps={{ 'aria-label': tc('action.close') }}
      >
        {making && <NewEmployee onClose={() => setMaking(false)} />}
      </Modal>
    </Page>
  )
}

function List() {
  const { t } = useTranslation(['settings-employees', 'settings'])
  const { document } = usePolicy()
  const rolesOf = (name: string) =>
    (document.roles ?? []).filter(role => role.employees?.includes(name)).map(role => role.title || role.name)
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="sm" highlightOnHover aria-label={t('settings:employees')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('nickname')}</Table.Th>
            <Table.Th>{t('username')}</Table.Th>
            <Table.Th>{t('position')}</Table.Th>
            <Table.Th>{t('availableTo')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(document.employees ?? []).map(employee => (
            <Table.Tr key={employee.name}>
              <Table.Td>
                <Group gap="sm" wrap="nowrap">
                  <EmployeeAvatar employee={employee} />
                  <div>
                    <Anchor
                      component={Link}
                      to="/settings/employees/$employee"
                      params={{ employee: employee.name } as never}
                      fw={500}
                    >
                      {employee.title}
                    </Anchor>
                    <Text size="xs" c="dimmed">
                      {t('tasksCount', {
                        count: (document.tasks ?? []).filter(task => task.employee === employee.name).length,
                      })}
                    </Text>
                  </div>
                  {employee.disabled && <Badge color="gray">{t('disabled')}</Badge>}
                </Group>
              </Table.Td>
              <Table.Td>
                <Text size="sm" ff="monospace">
                  {employee.name}
                </Text>
              </Table.Td>
              <Table.Td>{employee.position}</Table.Td>
              <Table.Td>{rolesOf(employee.name).join(', ') || t('nobody')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** A new one may touch nothing yet; roles that take new ones by default get it. */
function NewEmployee({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('settings-employees')
  const { t: tc } = useTranslation()
  const { document, edit } = usePolicy()
  const navigate = useNavigate()
  const [title, setTitle] = useState('')
  const [typed, setTyped] = useState<string | null>(null)
  const name = typed ?? nameFrom(title)
  const taken = document.employees?.some(employee => employee.name === name) ?? false
  const submit = (event: React.FormEvent) => {
    event.preventDefault()
    if (!name || taken) return
    edit(doc => {
      doc.employees = [...(doc.employees ?? []), { name, title: title.trim(), remit: {} }]
      for (const role of doc.roles ?? []) if (role.new_employees) role.employees = [...(role.employees ?? []), name]
    })
    onClose()
    void navigate({ to: '/settings/employees/$employee', params: { employee: name } as never })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('nickname')}
          value={title}
          onChange={e => setTitle(e.currentTarget.value)}
          required
          data-autofocus
        />
        <TextInput
          label={t('username')}
          description={t('usernameHint')}
          value={name}
          onChange={e => setTyped(e.currentTarget.value)}
          error={taken && t('taken')}
          required
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
