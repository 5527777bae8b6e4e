import { Checkbox, SimpleGrid, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useTools } from '../policy/catalog'
import { toggled } from '../policy/document'
import type { Employee } from '../policy/types'
import { ToolRules } from './ToolRules'
import { useEditEmployee } from './useEmployee'

/** The tools that the AI employee has, and on which conditions. */
export function ToolsTab({ employee }: { employee: Employee }) {
  const { t } = useTranslation('settings-employees')
  const tools = useTools()
  const { edit, problem } = useEditEmployee(employee.name)
  return (
    <Stack>
      <Checkbox.Group label={t('tools')} value={employee.tools ?? []} error={problem('tools')}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} mt="xs" spacing="xs">
          {tools.map(({ value: tool, label }) => (
            <Checkbox
              key={tool}
              value={tool}
              label={label}
              onChange={event => {
                const { checked } = event.currentTarget
                edit(e => {
                  e.tools = toggled(e.tools, tool, checked)
                })
              }}
            />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
      <ToolRules
        rules={employee.tool_rules ?? []}
        tools={employee.tools ?? []}
        problem={problem}
        onChange={rules =>
          edit(e => {
            e.tool_rules = rules
          })
        }
      />
    </Stack>
  )
}
