import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { humanize } from '@/shared/useModelText'
import { toggled } from '../policy/document'
import { usePolicy } from '../policy/draft'
import { toolsOf } from '../policy/model'
import { type Employee, every, type ToolRule } from '../policy/types'
import { useEditEmployee } from './useEmployee'

/** The tools that the AI employee has, and on which conditions. */
export function ToolsTab({ employee }: { employee: Employee }) {
  const { t } = useTranslation('settings-employees')
  const { document } = usePolicy()
  const { edit, problem } = useEditEmployee(employee.name)
  const rules = employee.tool_rules ?? []
  const set = (next: ToolRule[]) =>
    edit(e => {
      e.tool_rules = next
    })
  return (
    <Stack>
      <Checkbox.Group label={t('tools')} value={employee.tools ?? []} error={problem('tools')}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} mt="xs" spacing="xs">
          {toolsOf(document).map(tool => (
            <Checkbox
              key={tool}
              value={tool}
              label={humanize(tool)}
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
      <div>
        <Title order={2} size="h4">
          {t('rules')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('rulesHint')}
        </Text>
      </div>
      {rules.map((rule, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other identity
        <Group key={n} align="start" wrap="nowrap">
          <MultiSelect
            aria-label={t('ruleTools', { n: n + 1 })}
            data={[
              { value: every, label: t('ruleAll') },
              ...(employee.tools ?? []).map(tool => ({ value: tool, label: humanize(tool) })),
            ]}
            value={rule.tools}
            error={problem(`tool_rules[${n}].tools`)}
            onChange={tools => {
              const last = tools.at(-1)
              const chosen = last === every ? [every] : tools.filter(tool => tool !== every)
              set(rules.with(n, { ...rule, tools: chosen }))
            }}
            flex={1}
          />
          <TextInput
            aria-label={t('rule', { n: n + 1 })}
            value={rule.condition}
            error={problem(`tool_rules[${n}].condition`)}
            onChange={event => set(rules.with(n, { ...rule, condition: event.currentTarget.value }))}
            spellCheck={false}
            flex={2}
          />
          <ActionIcon aria-label={t('removeRule', { n: n + 1 })} onClick={() => set(rules.toSpliced(n, 1))}>
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...rules, { tools: [every], condition: '' }])}
        >
          {t('addRule')}
        </Button>
      </div>
    </Stack>
  )
}
