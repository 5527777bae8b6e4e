import { Group, Stack, Table, Text, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import type { Row } from '@/api/types'
import { ErrorAlert, LoadingState } from '@/shared/DataStates'
import { FieldValue } from '@/shared/FieldValue'
import { useFormat } from '@/shared/format'
import { RelationInput } from '@/shared/RelationInput'
import { useModelText } from '@/shared/useModelText'
import { usePolicy } from './draft'
import type { ModelCollection } from './types'

type Props = { collection: ModelCollection; expression: string }

const shownRecords = 5
const shownColumns = 5

/** Which records a filter lets through for a person, as far as one may see them oneself. */
export function ScopePreview({ collection, expression }: Props) {
  const { t } = useTranslation('settings-policy')
  const format = useFormat()
  const { document } = usePolicy()
  const [person, setPerson] = useState<string | null>(null)
  const asked = {
    person: person ?? '',
    collection: collection.name,
    data_source: collection.data_source,
    expression,
    limit: shownRecords,
  }
  const query = useQuery({
    queryKey: ['policy', 'preview', asked, document],
    queryFn: ({ signal }) => body(api.POST('/api/policy/preview', { body: asked, signal })),
    enabled: !!person && !!expression,
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
  const total = query.data?.page.total ?? 0
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        {t('scopes.preview')}
      </Title>
      <Group align="end">
        <RelationInput
          field={{ name: 'person', target: 'people' }}
          label={t('scopes.previewFor')}
          value={person}
          onChange={setPerson}
        />
        {person && query.data && (
          <Text size="sm" fw={500} role="status" pb={8}>
            {total ? t('scopes.previewCount', { count: total, shown: format.integer(total) }) : t('scopes.previewNone')}
          </Text>
        )}
      </Group>
      {!person && (
        <Text size="sm" c="dimmed">
          {t('scopes.previewHint')}
        </Text>
      )}
      <ErrorAlert error={query.error} />
      {person && query.isFetching && !query.data && <LoadingState lines={3} />}
      {person && query.data && total > 0 && <Records page={query.data.page} collection={collection} />}
      {person && query.data && (
        <Text size="xs" c="dimmed">
          {t('scopes.previewNote')}
        </Text>
      )}
    </Stack>
  )
}

type RecordsProps = { page: { records: Record<string, unknown>[] }; collection: ModelCollection }

/** Relations would be shown by their ids alone, so they are left out. */
function Records({ page, collection }: RecordsProps) {
  const model = useModelText()
  const fields = collection.fields.filter(f => f.type !== 'relation' && f.format !== 'long').slice(0, shownColumns)
  return (
    <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {fields.map(field => (
              <Table.Th key={field.name}>{model.field(field)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(page.records as Row[]).map(record => (
            <Table.Tr key={record.id}>
              {fields.map(field => (
                <Table.Td key={field.name}>
                  <FieldValue field={field as never} record={record} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
