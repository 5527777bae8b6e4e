import { Checkbox, Select, Stack, Table, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageContext } from '@/shared/dock/dock'
import { Page } from '@/shared/Page'
import { useModelText } from '@/shared/useModelText'
import { addressOf, useModelCollections } from '../policy/model'
import { levels, type ModelCollection, type ModelField } from '../policy/types'
import { type FieldChange, ReviewField } from './ReviewField'
import { Suggestions } from './Suggestions'

const route = getRouteApi('/shell/settings/fields')

/** Every collection's fields with their tags. A change is shown with what it does before it is saved. */
export function FieldsPage() {
  const { t } = useTranslation(['settings-fields', 'settings'])
  const { collection: address } = route.useSearch()
  const navigate = route.useNavigate()
  const collections = useModelCollections()
  const model = useModelText()
  const [change, setChange] = useState<FieldChange | null>(null)
  usePageContext({ page: 'settings/fields' })
  const collection = (address && collections.get(address)) || [...collections.values()][0]
  return (
    <Page title={t('settings:fields')} lead={t('lead')}>
      <Stack gap="lg">
        <Suggestions onReview={setChange} />
        <Select
          label={t('collection')}
          data={[...collections].map(([value, c]) => ({ value, label: model.collection(c) }))}
          value={collection ? addressOf(collection.data_source, collection.name) : null}
          onChange={next => void navigate({ search: { collection: next ?? undefined }, replace: true })}
          allowDeselect={false}
          maw={320}
        />
        {collection && <Fields collection={collection} onChange={setChange} />}
      </Stack>
      <ReviewField change={change} onClose={() => setChange(null)} />
    </Page>
  )
}

type FieldsProps = { collection: ModelCollection; onChange: (change: FieldChange) => void }

function Fields({ collection, onChange }: FieldsProps) {
  const { t } = useTranslation('settings-fields')
  const model = useModelText()
  return (
    <Table.ScrollContainer minWidth={620} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6} aria-label={t('caption', { collection: model.collection(collection) })}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('field')}</Table.Th>
            <Table.Th w={220}>{t('sensitivity')}</Table.Th>
            <Table.Th>{t('personal')}</Table.Th>
            <Table.Th>{t('critical')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {collection.fields.map(field => (
            <FieldRow key={field.name} {...{ collection, field, onChange }} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function FieldRow({ collection, field, onChange }: FieldsProps & { field: ModelField }) {
  const { t } = useTranslation('settings-fields')
  const { t: tp } = useTranslation('settings-policy')
  const model = useModelText()
  const title = model.field(field)
  const of = { data_source: collection.data_source, collection: collection.name, field: field.name }
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500}>
          {title}
        </Text>
        {field.description && (
          <Text size="xs" c="dimmed">
            {model.description(field)}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={t('sensitivityOf', { field: title })}
          placeholder={t('untagged')}
          data={levels.map(level => ({ value: level, label: tp(`level.${level}`) }))}
          value={levels.find(level => level === field.sensitivity) ?? null}
          allowDeselect={false}
          size="xs"
          onChange={sensitivity => sensitivity && onChange({ ...of, sensitivity: sensitivity as 'public' })}
        />
      </Table.Td>
      {(['personal', 'critical'] as const).map(tag => (
        <Table.Td key={tag}>
          <Checkbox
            aria-label={t(`${tag}Of`, { field: title })}
            checked={field[tag] ?? false}
            onChange={event => onChange({ ...of, [tag]: event.currentTarget.checked })}
          />
        </Table.Td>
      ))}
    </Table.Tr>
  )
}
