import { Checkbox, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { KeyInput } from './KeyInput'
import { isPlain, movesKey, type Values } from './values'

type Props = {
  form: UseFormReturnType<Values>
  /** What the form began with, if the service is kept already. */
  base?: { values: Values; hasKey: boolean }
}

/** The providers' own addresses, which an empty one stands for. */
const usual = { openai: 'https://api.openai.com/v1', anthropic: 'https://api.anthropic.com' }

/** Who answers, at which address, and with which key. */
export function ConnectionFields({ form, base }: Props) {
  const { t } = useTranslation('settings-services')
  const [replacing, setReplacing] = useState(false)
  const hasKey = base?.hasKey ?? false
  const moves = base ? movesKey(hasKey, base.values, form.values) : false
  const { provider, base_url } = form.values
  const plain = isPlain(base_url)
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={t('provider')}
          data={(['openai', 'anthropic'] as const).map(value => ({ value, label: t(`providers.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps('provider')}
        />
        <TextInput
          label={t('baseUrl')}
          type="url"
          placeholder={usual[provider]}
          maxLength={500}
          spellCheck={false}
          autoComplete="off"
          {...form.getInputProps('base_url')}
        />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {t(`providerHint.${provider}`)}
      </Text>
      {(plain || form.values.insecure) && (
        <Checkbox
          label={t('insecure')}
          description={t('insecureHint')}
          {...form.getInputProps('insecure', { type: 'checkbox' })}
        />
      )}
      <KeyInput
        hasKey={hasKey}
        value={form.values.key}
        onChange={key => {
          form.setFieldValue('key', key)
          form.clearFieldError('key')
        }}
        replacing={replacing && hasKey}
        onReplace={setReplacing}
        error={form.errors.key ?? (moves && t('keyMoves'))}
      />
    </Stack>
  )
}
