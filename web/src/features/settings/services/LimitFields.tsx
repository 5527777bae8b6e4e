import { NumberInput, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { EgressInput } from './Egress'
import type { Values } from './values'

type Props = { form: UseFormReturnType<Values> }

/** What may leave, and who uses it without saying so. */
export function UseFields({ form }: Props) {
  const { t } = useTranslation('settings-services')
  return (
    <Stack gap="lg">
      <EgressInput {...form.getInputProps('egress')} />
      <Switch
        label={t('default')}
        description={t('defaultHint')}
        {...form.getInputProps('default', { type: 'checkbox' })}
      />
    </Stack>
  )
}

const bounds = {
  timeout_seconds: [0, 3600],
  idle_seconds: [0, 3600],
  retries: [-1, 10],
  max_tokens: [0, 10_000_000],
} as const

/** Patience, and what few need. */
export function LimitFields({ form }: Props) {
  const { t } = useTranslation('settings-services')
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {(Object.keys(bounds) as (keyof typeof bounds)[]).map(name => (
        <NumberInput
          key={name}
          label={t(`limit.${name}`)}
          description={t(`limitHint.${name}`)}
          min={bounds[name][0]}
          max={bounds[name][1]}
          allowDecimal={false}
          hideControls
          {...form.getInputProps(name)}
        />
      ))}
      <TextInput
        label={t('keyHeader')}
        description={t('keyHeaderHint')}
        maxLength={64}
        spellCheck={false}
        {...form.getInputProps('key_header')}
      />
    </SimpleGrid>
  )
}
