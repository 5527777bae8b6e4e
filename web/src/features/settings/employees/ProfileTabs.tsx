import { Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import { humanize } from '@/shared/useModelText'
import { useCatalog } from '../policy/catalog'
import type { Employee } from '../policy/types'
import en from './i18n/en'
import { useEditEmployee } from './useEmployee'

type Props = { employee: Employee }
type TextKey = 'title' | 'position' | 'bio' | 'greeting' | 'description'

/** What an input of a text of the AI employee needs. */
function useText(employee: Employee) {
  const { edit, problem } = useEditEmployee(employee.name)
  return (key: TextKey) => ({
    value: employee[key] ?? '',
    error: problem(key),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      edit(e => {
        e[key] = value
      })
    },
  })
}

/** As people meet it. */
export function ProfileTab({ employee }: Props) {
  const { t } = useTranslation('settings-employees')
  const { t: tc } = useTranslation()
  const { edit, problem } = useEditEmployee(employee.name)
  const text = useText(employee)
  const { avatars, colors } = useCatalog()
  const labels = {
    avatar: (name: string) => (name in en.avatars ? t(`avatars.${name as keyof typeof en.avatars}`) : humanize(name)),
    color: (name: string) => (name in en.colors ? t(`colors.${name as keyof typeof en.colors}`) : humanize(name)),
  }
  const choice = (key: 'avatar' | 'color', names: string[]) => ({
    label: t(key),
    data: names.map(value => ({ value, label: labels[key](value) })),
    value: employee[key] || null,
    error: problem(key),
    searchable: true,
    clearable: true,
    clearButtonProps: { 'aria-label': `${tc('action.clear')}: ${t(key)}` },
    renderOption: ({ option }: { option: { value: string; label: string } }) => (
      <Group gap="xs">
        <EmployeeAvatar employee={{ ...employee, [key]: option.value }} size={24} />
        {option.label}
      </Group>
    ),
    onChange: (name: string | null) =>
      edit(e => {
        e[key] = name ?? undefined
      }),
  })
  return (
    <Stack maw="40rem">
      <TextInput label={t('nickname')} required {...text('title')} />
      <TextInput label={t('username')} value={employee.name} readOnly />
      <TextInput label={t('position')} {...text('position')} />
      <Group align="end">
        <EmployeeAvatar employee={employee} size={44} />
        <Select {...choice('avatar', avatars)} />
        <Select {...choice('color', colors)} />
      </Group>
      <Textarea label={t('bio')} description={t('bioHint')} autosize minRows={2} {...text('bio')} />
      <Textarea label={t('greeting')} autosize minRows={2} {...text('greeting')} />
    </Stack>
  )
}

/** What the model is told. */
export function RoleTab({ employee }: Props) {
  const { t } = useTranslation('settings-employees')
  const text = useText(employee)
  return (
    <Textarea
      label={t('description')}
      description={t('descriptionHint')}
      autosize
      minRows={8}
      maw="50rem"
      {...text('description')}
    />
  )
}
