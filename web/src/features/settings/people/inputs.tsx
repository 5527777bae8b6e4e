import { MultiSelect, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { departmentsQuery, useRoles } from './queries'

type Props<T> = { label: string; value?: T; onChange?: (value: T) => void; description?: ReactNode; error?: ReactNode }

/** Chooses a department by its name; '' is none. */
export function DepartmentSelect({ value, onChange, ...input }: Props<string>) {
  const { t } = useTranslation()
  const { data = [] } = useQuery(departmentsQuery)
  return (
    <Select
      {...input}
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      value={value || null}
      onChange={next => onChange?.(next ?? '')}
      clearable
      clearButtonProps={{ 'aria-label': `${t('action.clear')}: ${input.label}` }}
      searchable
      placeholder={t('none')}
      nothingFoundMessage={t('field.nothingFound')}
    />
  )
}

type PersonProps = Props<string> & { current?: { id: string; name: string } | null; except?: string }

/** Chooses a person by typing a part of their name; '' is none. */
export function PersonSelect({ value, onChange, current, except, ...input }: PersonProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(current?.name ?? '')
  const [q] = useDebouncedValue(typed.trim(), 200)
  const { data = [], isFetching } = useQuery({
    queryKey: ['people', 'choice', q],
    queryFn: async ({ signal }) =>
      (await body(api.GET('/api/people', { params: { query: { q, active: true, limit: 20 } }, signal }))).people,
    placeholderData: keepPreviousData,
  })
  const options = data.filter(({ id }) => id !== except).map(({ id, name }) => ({ value: id, label: name }))
  if (value && current?.id === value && !options.some(option => option.value === value)) {
    options.unshift({ value, label: current.name })
  }
  return (
    <Select
      {...input}
      data={options}
      value={value || null}
      onChange={next => onChange?.(next ?? '')}
      onSearchChange={setTyped}
      searchable
      filter={({ options }) => options /* the server has filtered */}
      clearable
      clearButtonProps={{ 'aria-label': `${t('action.clear')}: ${input.label}` }}
      placeholder={t('field.search')}
      nothingFoundMessage={isFetching ? t('loading') : t('field.nothingFound')}
    />
  )
}

/** Chooses roles. */
export function RoleSelect({ value = [], onChange, ...input }: Props<string[]>) {
  const { t } = useTranslation()
  const roles = useRoles(value)
  return (
    <MultiSelect
      {...input}
      data={roles.map(({ name, title }) => ({ value: name, label: title }))}
      value={value}
      onChange={onChange}
      searchable
      placeholder={value.length === 0 ? t('none') : undefined}
      nothingFoundMessage={t('field.nothingFound')}
    />
  )
}
