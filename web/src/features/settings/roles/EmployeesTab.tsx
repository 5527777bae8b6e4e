import { Badge, Checkbox, Group, Stack, Switch, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '@/shared/DataStates'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import { toggled } from '../policy/document'
import { usePolicy } from '../policy/draft'
import type { Role } from '../policy/types'
import { useEditRole, useRoleProblem } from './useRole'

/** Which AI employees people of the role may use. */
export function EmployeesTab({ role }: { role: Role }) {
  const { t } = useTranslation('settings-roles')
  const { document } = usePolicy()
  const edit = useEditRole(role.name)
  const problem = useRoleProblem(role.name)
  const employees = document.employees ?? []
  const has = new Set(role.employees)
  const available = employees.filter(employee => has.has(employee.name)).length
  return (
    <Stack>
      <Switch
        label={t('employees.byDefault')}
        description={t('employees.byDefaultHint')}
        checked={role.new_employees ?? false}
        onChange={event => {
          const { checked } = event.currentTarget
          edit(r => {
            r.new_employees = checked
          })
        }}
      />
      {problem('employees') && (
        <Text size="sm" c="var(--mantine-color-error)">
          {problem('employees')}
        </Text>
      )}
      {employees.length === 0 ? (
        <EmptyState title={t('employees.empty')} />
      ) : (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm" aria-label={t('employees.caption')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={64}>{t('employees.avatar')}</Table.Th>
                <Table.Th>{t('employees.nickname')}</Table.Th>
                <Table.Th>{t('employees.username')}</Table.Th>
                <Table.Th>{t('employees.position')}</Table.Th>
                <Table.Th>
                  <Checkbox
                    label={t('employees.available')}
                    aria-label={t('employees.allAvailable')}
                    checked={available === employees.length}
                    indeterminate={available > 0 && available < employees.length}
                    onChange={event => {
                      const all = event.currentTarget.checked
                      edit(r => {
                        r.employees = all ? employees.map(employee => employee.name) : []
                      })
                    }}
                  />
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {employees.map(employee => (
                <Table.Tr key={employee.name}>
                  <Table.Td>
                    <EmployeeAvatar employee={employee} />
                  </Table.Td>
                  <Table.Td>
                    <Group gap="xs">
                      <Text size="sm" fw={500}>
                        {employee.title}
                      </Text>
                      {employee.disabled && <Badge color="gray">{t('employees.disabled')}</Badge>}
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" ff="monospace">
                      {employee.name}
                    </Text>
                  </Table.Td>
                  <Table.Td>{employee.position}</Table.Td>
                  <Table.Td>
                    <Checkbox
                      aria-label={t('employees.availableOf', { name: employee.title })}
                      checked={has.has(employee.name)}
                      onChange={event => {
                        const { checked } = event.currentTarget
                        edit(r => {
                          r.employees = toggled(r.employees, employee.name, checked)
                        })
                      }}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}
