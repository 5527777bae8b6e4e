import { Anchor, Button, Group, Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { recordPagesQuery } from '@/api/queries'
import type { Row } from '@/api/types'
import { TaskButtons } from '@/features/assistant/TaskButtons'
import { EmptyState, ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { FieldValue } from '@/shared/FieldValue'
import { useFormat } from '@/shared/format'
import { Page } from '@/shared/Page'
import { NotFoundScreen } from '@/shared/screens'
import { type CollectionMeta, columnsFor, useCollection, useTitleFields } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'

const route = getRouteApi('/shell/records/$collection')

/** The records of a collection. */
export function CollectionPage() {
  const { collection: name } = route.useParams()
  const collection = useCollection(name)
  return collection?.may('view') ? <Records key={name} collection={collection} /> : <NotFoundScreen />
}

const shownFields = 6

function Records({ collection }: { collection: CollectionMeta }) {
  const { t } = useTranslation('records')
  const format = useFormat()
  const model = useModelText()
  const titleFieldOf = useTitleFields()
  const fields = collection.fields.filter(field => field.format !== 'long').slice(0, shownFields)
  usePageContext({ page: collection.name, collection: collection.name })
  const query = useInfiniteQuery(
    recordPagesQuery(collection.name, { fields: columnsFor(fields, titleFieldOf), limit: 50, total: true }),
  )
  const total = query.data?.pages[0]?.total
  const rows = (query.data?.pages.flatMap(page => page.records) ?? []) as Row[]
  return (
    <Page
      width="wide"
      title={model.collection(collection)}
      actions={<TaskButtons place={`${collection.name}/list`} />}
      lead={total !== undefined && t('count', { count: total, shown: format.integer(total) })}
    >
      {query.isError && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <LoadingState lines={8} height={32} />
      ) : rows.length === 0 ? (
        <EmptyState title={t('empty')}>{t('emptyHint')}</EmptyState>
      ) : (
        <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table highlightOnHover verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                {fields.map(field => (
                  <Table.Th key={field.name} scope="col">
                    {model.field(field)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(row => (
                <Table.Tr key={row.id}>
                  {fields.map(field => (
                    <Table.Td key={field.name}>
                      {field.name === collection.titleField && row[field.name] ? (
                        <Anchor
                          component={Link}
                          to="/records/$collection/$id"
                          params={{ collection: collection.name, id: row.id } as never}
                          fw={500}
                        >
                          {String(row[field.name])}
                        </Anchor>
                      ) : (
                        <FieldValue field={field} record={row} />
                      )}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Group justify="center" mt="lg">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        </Group>
      )}
    </Page>
  )
}
