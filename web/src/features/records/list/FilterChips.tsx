import { CloseButton, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Field, Value } from '@/api/types'
import { useFormat } from '@/shared/format'
import type { CollectionMeta } from '@/shared/useCollection'
import { humanize, useModelText } from '@/shared/useModelText'
import { RelationName } from '../form/RelationName'
import classes from './FilterBar.module.css'
import { type FilterModel, isGroup, type Rule, unary } from './filter'
import { useOperatorText } from './useOperatorText'

type Props = {
  collection: CollectionMeta
  model: FilterModel
  onOpen: () => void
  onChange: (model: FilterModel) => void
}

/** What is filtered by, a chip for each condition: pressed it opens the builder, its cross removes it. */
export function FilterChips({ collection, model, onOpen, onChange }: Props) {
  const { t } = useTranslation(['records', 'common'])
  return (
    <>
      {model.items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
        <Group key={at} gap={0} wrap="nowrap" className={classes.chip}>
          <button type="button" onClick={onOpen} className={classes.chipText}>
            {isGroup(item) ? (
              t('filter.groupOf', { count: item.rules.length })
            ) : (
              <RuleText field={collection.field(item.field)} rule={item} />
            )}
          </button>
          <CloseButton
            size={24}
            aria-label={t('filter.remove')}
            onClick={() => onChange({ ...model, items: model.items.filter((_, i) => i !== at) })}
          />
        </Group>
      ))}
    </>
  )
}

function RuleText({ field, rule }: { field: Field | undefined; rule: Rule }) {
  const model = useModelText()
  const operatorText = useOperatorText()
  const name = field ? model.field(field) : humanize(rule.field.replaceAll('.', ' '))
  const values = Array.isArray(rule.value) ? rule.value : [rule.value]
  return (
    <>
      <span className={classes.chipField}>{name}</span> {operatorText(rule.op, field)}{' '}
      {!unary(rule.op) &&
        values.map((value, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list of values that is only shown
          <span key={at}>
            {at > 0 && (rule.op === '$between' ? ' – ' : ', ')}
            <ValueText field={field} value={value} />
          </span>
        ))}
    </>
  )
}

function ValueText({ field, value }: { field: Field | undefined; value: Value }) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  const format = useFormat()
  if (value === null || value === '') return '…'
  switch (field?.type) {
    case 'enum':
      return model.option(String(value))
    case 'money':
      return format.money(Number(value), field.currency ?? 'USD')
    case 'date':
      return format.date(String(value))
    case 'timestamp':
      return format.timestamp(String(value))
    case 'boolean':
      return value ? t('common:yes') : t('common:no')
    case 'relation':
      return <RelationName collection={field.target ?? ''} id={String(value)} />
    default:
      return String(value)
  }
}
