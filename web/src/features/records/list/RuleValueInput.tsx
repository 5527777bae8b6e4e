import { Group, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Field, Value } from '@/api/types'
import { DateInput } from '@/shared/date/DateInput'
import { today } from '@/shared/date/readDate'
import { RelationInput } from '@/shared/RelationInput'
import { useModelText } from '@/shared/useModelText'
import { type RuleValue, several } from './filter'

type Props = { field: Field; op: string; value: RuleValue; onChange: (value: RuleValue) => void }

const inside = { withinPortal: false } as const

/** What a field is compared with, by the field's type. */
export function RuleValueInput({ field, op, value, onChange }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  if (several(op)) {
    return (
      <MultiSelect
        aria-label={t('filter.value')}
        data={(field.options ?? []).map(option => ({ value: option, label: model.option(option) }))}
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={onChange}
        comboboxProps={inside}
        placeholder={Array.isArray(value) && value.length > 0 ? undefined : t('common:field.choose')}
      />
    )
  }
  if (op === '$between') {
    const [from = null, to = null] = Array.isArray(value) ? value : []
    return (
      <Group gap="xs" wrap="nowrap" grow>
        <OneValue field={field} label={t('filter.from')} value={from} onChange={next => onChange([next, to])} />
        <OneValue field={field} label={t('filter.to')} value={to} onChange={next => onChange([from, next])} end />
      </Group>
    )
  }
  const one = Array.isArray(value) ? null : value
  return <OneValue field={field} label={t('filter.value')} value={one} onChange={onChange} />
}

type OneProps = { field: Field; label: string; value: Value; onChange: (value: Value) => void; end?: boolean }

function OneValue({ field, label, value, onChange, end }: OneProps) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  const text = value === null ? '' : String(value)
  switch (field.type) {
    case 'integer':
    case 'decimal':
    case 'money':
      return (
        <NumberInput
          aria-label={label}
          value={text}
          onChange={next => onChange(next === '' ? null : Number(next))}
          allowDecimal={field.type !== 'integer'}
          hideControls
        />
      )
    case 'date':
      return <DateInput aria-label={label} value={text || null} onChange={onChange} clearable {...inside} />
    case 'timestamp':
      return (
        <DateInput
          aria-label={label}
          value={text ? today(new Date(text)) : null}
          onChange={day => onChange(day ? instant(day, end) : null)}
          clearable
          {...inside}
        />
      )
    case 'boolean':
    case 'enum':
      return (
        <Select
          aria-label={label}
          data={
            field.type === 'enum'
              ? (field.options ?? []).map(option => ({ value: option, label: model.option(option) }))
              : [
                  { value: 'true', label: t('common:yes') },
                  { value: 'false', label: t('common:no') },
                ]
          }
          value={text || null}
          onChange={next => onChange(field.type === 'boolean' && next !== null ? next === 'true' : next)}
          comboboxProps={inside}
          placeholder={t('common:field.choose')}
        />
      )
    case 'relation':
      return (
        <RelationInput
          field={field}
          aria-label={label}
          value={text || null}
          onChange={onChange}
          comboboxProps={inside}
        />
      )
    default:
      return (
        <TextInput aria-label={label} value={text} onChange={event => onChange(event.currentTarget.value || null)} />
      )
  }
}

/** A day begins and ends where the person is. */
const instant = (day: string, end = false) => new Date(`${day}T${end ? '23:59:59.999' : '00:00:00'}`).toISOString()
