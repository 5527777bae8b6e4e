import { Select, TagsInput, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { humanize } from '@/shared/useModelText'
import type { Attribute } from './queries'

type Props = { of: Attribute; value: string[]; onChange: (values: string[]) => void; error?: ReactNode }

/** The values of an attribute, as people write them; none takes it away. */
export function AttributeInput({ of, value, onChange, error }: Props) {
  const { t } = useTranslation(['settings-people', 'common'])
  const label = humanize(of.name)
  const texts = { label, error, description: t(`attributeType.${of.type}`) }
  if (of.list) return <TagsInput {...texts} description={t('attributeList')} value={value} onChange={onChange} />
  if (of.type === 'boolean') {
    return (
      <Select
        {...texts}
        data={(['true', 'false'] as const).map(choice => ({ value: choice, label: t(`attributeValue.${choice}`) }))}
        value={value[0] ?? null}
        onChange={next => onChange(next ? [next] : [])}
        placeholder={t('common:none')}
        clearable
        clearButtonProps={{ 'aria-label': `${t('common:action.clear')}: ${label}` }}
      />
    )
  }
  return (
    <TextInput
      {...texts}
      type={of.type === 'date' ? 'date' : 'text'}
      inputMode={of.type === 'integer' || of.type === 'decimal' || of.type === 'money' ? 'decimal' : undefined}
      value={value[0] ?? ''}
      onChange={event => onChange(event.currentTarget.value ? [event.currentTarget.value] : [])}
    />
  )
}
