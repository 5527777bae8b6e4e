import { ActionIcon, Button, Group, MultiSelect, Text, Title } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ConditionInput } from '../policy/ConditionInput'
import { useToolTitle } from '../policy/catalog'
import { every, type ToolRule } from '../policy/types'

type Props = {
  rules: ToolRule[]
  /** The tools that the rules can be about. */
  tools: string[]
  problem: (part: string) => string | undefined
  onChange: (rules: ToolRule[]) => void
}

/** On which conditions tools can be called. Each rule narrows. */
export function ToolRules({ rules, tools, problem, onChange }: Props) {
  const { t } = useTranslation('settings-employees')
  const title = useToolTitle()
  return (
    <>
      <div>
        <Title order={2} size="h5">
          {t('rules')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('rulesHint')}
        </Text>
      </div>
      {rules.map((rule, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other identity
        <Group key={n} align="start">
          <MultiSelect
            label={t('ruleTools', { n: n + 1 })}
            data={[{ value: every, label: t('ruleAll') }, ...tools.map(value => ({ value, label: title(value) }))]}
            value={rule.tools}
            error={problem(`tool_rules[${n}].tools`)}
            onChange={chosen => {
              const last = chosen.at(-1)
              const next = last === every ? [every] : chosen.filter(tool => tool !== every)
              onChange(rules.with(n, { ...rule, tools: next }))
            }}
            flex="1 1 14rem"
          />
          <Group align="start" wrap="nowrap" gap="xs" flex="2 1 20rem">
            <div style={{ flex: 1 }}>
              <ConditionInput
                label={t('rule', { n: n + 1 })}
                value={rule.condition}
                tools={rule.tools.includes(every) ? tools : rule.tools}
                error={problem(`tool_rules[${n}].condition`)}
                onChange={condition => onChange(rules.with(n, { ...rule, condition }))}
              />
            </div>
            <ActionIcon
              mt={26}
              aria-label={t('removeRule', { n: n + 1 })}
              onClick={() => onChange(rules.toSpliced(n, 1))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        </Group>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rules, { tools: [every], condition: '' }])}
        >
          {t('addRule')}
        </Button>
      </div>
    </>
  )
}
