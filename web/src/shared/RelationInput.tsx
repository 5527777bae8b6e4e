import { Loader, Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { recordsQuery } from '@/api/queries'
import type { Field } from '@/api/types'
import { useTitleFields } from './useCollection'

type Props = {
  field: Pick<Field, 'name' | 'target'>
  /** None only with an aria-label. */
  label?: string
  'aria-label'?: string
  value: string | null
  /** The name of the present value's record, if it is known. */
  currentLabel?: string
  onChange: (id: string | null) => void
  description?: ReactNode
  error?: ReactNode
  disabled?: boolean
  required?: boolean
  size?: SelectProps['size']
  comboboxProps?: SelectProps['comboboxProps']
  className?: string
}

/** Chooses a record by searching its collection as one types; only records that the person may see are found. */
export function RelationInput({ field, value, currentLabel, onChange, ...input }: Props) {
  const { t } = useTranslation()
  const titleFieldOf = useTitleFields()
  const target = field.target ?? ''
  const title = titleFieldOf(target)
  const [typed, setTyped] = useState(currentLabel ?? '')
  const [text] = useDebouncedValue(typed.trim(), 200)
  const search = useQuery({
    ...recordsQuery(target, {
      fields: title ? [title] : undefined,
      filter: title && text ? { [title]: { $contains: text } } : undefined,
      sort: title ? [title] : undefined,
      limit: 20,
    }),
    enabled: !!title,
    placeholderData: keepPreviousData,
  })
  const named = useQuery({
    ...recordsQuery(target, { fields: title ? [title] : undefined, filter: { id: value }, limit: 1 }),
    enabled: !!title && !!value && currentLabel === undefined,
  })
  const options = (search.data?.records ?? []).map(r => ({ value: r.id, label: String(r[title ?? 'id'] ?? r.id) }))
  const chosen = named.data?.records[0]
  const present = currentLabel ?? (chosen && title ? String(chosen[title]) : undefined)
  if (value && present && !options.some(option => option.value === value)) options.unshift({ value, label: present })
  return (
    <Select
      {...input}
      data={options}
      value={value}
      onChange={onChange}
      onSearchChange={setTyped}
      searchable
      filter={({ options }) => options /* the server has filtered */}
      clearable={!input.required}
      clearButtonProps={{ 'aria-label': t('action.clear') }}
      placeholder={t('field.search')}
      nothingFoundMessage={search.isFetching ? t('loading') : t('field.nothingFound')}
      rightSection={search.isFetching && typed ? <Loader size={14} /> : undefined}
    />
  )
}
