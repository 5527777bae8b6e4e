import { NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Field, Value } from '@/api/types'
import { DateInput } from './date/DateInput'
import { RelationInput } from './RelationInput'
import { useCompany } from './useCompany'
import { useModelText } from './useModelText'
import { fromZone, toZone } from './zone'

type Props = {
  field: Field
  value: Value
  onChange: (value: Value) => void
  error?: string | null
  disabled?: boolean
  /** What the record shows for a relation's present value. */
  relationLabel?: string
  autoFocus?: boolean
}

/** The input for a field of a record, by its type. It takes and gives values as the API does: null for none. */
export function FieldInput({ field, value, onChange, error, disabled, relationLabel, autoFocus }: Props) {
  const { t } = useTranslation()
  const model = useModelText()
  const { timeZone } = useCompany()
  const common = {
    label: model.field(field),
    description: model.description(field),
    error,
    disabled: disabled || field.read_only,
    required: field.required,
    'data-autofocus': autoFocus || undefined,
  }
  const clear = { clearable: !field.required, clearButtonProps: { 'aria-label': t('action.clear') } }
  switch (field.type) {
    case 'money':
    case 'decimal':
    case 'integer':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ((value as string | null) ?? '')}
          onChange={next => onChange(next === '' ? null : Number(next))}
          decimalScale={{ money: 2, decimal: 6, integer: 0 }[field.type]}
          allowDecimal={field.type !== 'integer'}
          thousandSeparator={/year/.test(field.name) ? undefined : ' '}
          rightSection={field.type === 'money' ? <span>{field.currency}</span> : undefined}
          rightSectionWidth={field.type === 'money' ? 52 : undefined}
          hideControls
        />
      )
    case 'boolean':
      return (
        <Switch
          {...common}
          checked={value === true}
          onChange={event => onChange(event.currentTarget.checked)}
          mt="xs"
        />
      )
    case 'enum':
      return (
        <Select
          {...common}
          {...clear}
          data={(field.options ?? []).map(option => ({ value: option, label: model.option(option) }))}
          value={(value as string | null) ?? null}
          onChange={onChange}
          placeholder={t('field.choose')}
          allowDeselect={!field.required}
          searchable={(field.options ?? []).length > 8}
          nothingFoundMessage={t('field.nothingFound')}
        />
      )
    case 'date':
      return (
        <DateInput
          {...common}
          clearable={!field.required}
          value={(value as string | null) ?? null}
          onChange={onChange}
        />
      )
    case 'timestamp':
      return (
        <DateInput
          {...common}
          withTime
          clearable={!field.required}
          value={value ? toZone(String(value), timeZone) : null}
          onChange={next => onChange(next ? fromZone(next, timeZone) : null)}
        />
      )
    case 'relation':
      return (
        <RelationInput
          {...common}
          field={field}
          value={value as string | null}
          label={common.label}
          currentLabel={relationLabel}
          onChange={onChange}
        />
      )
    default: {
      const text = {
        ...common,
        value: (value as string | null) ?? '',
        onChange: (e: { currentTarget: { value: string } }) => onChange(e.currentTarget.value || null),
      }
      if (field.format === 'long') return <Textarea {...text} autosize minRows={3} maxRows={12} />
      const kind = { email: 'email', phone: 'tel', url: 'url' } as const
      return <TextInput {...text} type={kind[field.format as keyof typeof kind] ?? 'text'} />
    }
  }
}
