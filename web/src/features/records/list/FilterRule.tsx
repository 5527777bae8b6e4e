import { ActionIcon, Group, Select } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import classes from './FilterBuilder.module.css'
import { operatorsOf, type Rule, several, unary } from './filter'
import { RuleValueInput } from './RuleValueInput'
import { useOperatorText } from './useOperatorText'

type Props = {
  collection: CollectionMeta
  rule: Rule
  onChange: (rule: Rule) => void
  onRemove: () => void
}

/** The rule with another operator; the value stays where it still fits. */
export function withOperator(rule: Rule, op: string): Rule {
  const same = several(rule.op) === several(op) && (rule.op === '$between') === (op === '$between')
  return { ...rule, op, value: unary(op) ? null : same ? rule.value : several(op) || op === '$between' ? [] : null }
}

/** One condition: a field, how it is compared, and with what. */
export function FilterRule({ collection, rule, onChange, onRemove }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  const operatorText = useOperatorText()
  const field = collection.field(rule.field)
  const operators = field ? operatorsOf(field) : []
  const shown = operators.includes(rule.op) ? operators : [rule.op, ...operators]
  const choose = (name: string | null) => {
    const next = name ? collection.field(name) : undefined
    if (next) onChange(withOperator({ field: next.name, op: '', value: null }, operatorsOf(next)[0] ?? '$eq'))
  }
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start" className={classes.rule}>
      <Select
        aria-label={t('filter.field')}
        data={collection.fields.map(one => ({ value: one.name, label: model.field(one) }))}
        value={rule.field}
        onChange={choose}
        searchable
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        className={classes.field}
        nothingFoundMessage={t('common:field.nothingFound')}
      />
      <Select
        aria-label={t('filter.operator')}
        data={shown.map(op => ({ value: op, label: operatorText(op, field) }))}
        value={rule.op}
        onChange={op => op && onChange(withOperator(rule, op))}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        className={classes.operator}
      />
      <div className={classes.value}>
        {field && !unary(rule.op) && (
          <RuleValueInput
            field={field}
            op={rule.op}
            value={rule.value}
            onChange={value => onChange({ ...rule, value })}
          />
        )}
      </div>
      <ActionIcon size="lg" aria-label={t('filter.remove')} onClick={onRemove}>
        <IconX size={16} />
      </ActionIcon>
    </Group>
  )
}
