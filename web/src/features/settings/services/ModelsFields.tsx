import { ActionIcon, Button, Select, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { currencies } from '../company/choices'
import type { Values } from './values'

type Props = { form: UseFormReturnType<Values> }

/** The usual model, and the others to choose from, with what they cost. */
export function ModelsFields({ form }: Props) {
  const { t, i18n } = useTranslation(['settings-services', 'common'])
  const { models, currency } = form.values
  return (
    <Stack>
      <TextInput
        label={t('model')}
        description={t('modelHint')}
        maxLength={500}
        spellCheck={false}
        withAsterisk={form.values.provider === 'openai'}
        maw="26rem"
        {...form.getInputProps('model')}
      />
      <div>
        <Text fw={500} size="sm">
          {t('models')}
        </Text>
        <Text size="sm" c="dimmed">
          {t('modelsHint')}
        </Text>
      </div>
      {models.length > 0 && <Lines form={form} />}
      {form.errors.models && (
        <Text size="sm" c="var(--mantine-color-error)">
          {form.errors.models}
        </Text>
      )}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => form.insertListItem('models', { name: '', input_price: '', output_price: '' })}
        >
          {t('addModel')}
        </Button>
      </div>
      {(models.length > 0 || currency) && (
        <Select
          label={t('currency')}
          description={t('currencyHint')}
          data={currencies(i18n.language, currency || 'EUR')}
          searchable
          limit={100}
          allowDeselect={false}
          nothingFoundMessage={t('common:field.nothingFound')}
          maw="26rem"
          {...form.getInputProps('currency')}
        />
      )}
    </Stack>
  )
}

function Lines({ form }: Props) {
  const { t } = useTranslation('settings-services')
  return (
    <Table.ScrollContainer minWidth={440} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={4} withRowBorders={false} aria-label={t('models')} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="46%" pl={0}>
              {t('modelName')}
            </Table.Th>
            <Table.Th pl={0}>{t('inputPrice')}</Table.Th>
            <Table.Th pl={0}>{t('outputPrice')}</Table.Th>
            <Table.Th w={44}>
              <VisuallyHidden>{t('remove')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {form.values.models.map((_, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no other identity
            <Table.Tr key={n} style={{ verticalAlign: 'top' }}>
              {(['name', 'input_price', 'output_price'] as const).map(part => (
                <Table.Td key={part} pl={0}>
                  <TextInput
                    aria-label={t(`line.${part}`, { n: n + 1 })}
                    inputMode={part === 'name' ? undefined : 'decimal'}
                    placeholder={part === 'name' ? undefined : '0'}
                    spellCheck={false}
                    {...form.getInputProps(`models.${n}.${part}`)}
                  />
                </Table.Td>
              ))}
              <Table.Td px={0}>
                <ActionIcon
                  mt={4}
                  aria-label={t('removeModel', { n: n + 1 })}
                  onClick={() => form.removeListItem('models', n)}
                >
                  <IconX size={16} />
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
