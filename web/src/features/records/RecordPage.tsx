import { Anchor, SimpleGrid } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { recordsQuery } from '@/api/queries'
import type { Row } from '@/api/types'
import { TaskButtons } from '@/features/assistant/TaskButtons'
import { Data, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { FieldValue } from '@/shared/FieldValue'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { NotFoundScreen } from '@/shared/screens'
import { type CollectionMeta, columnsFor, useCollection, useTitleFields } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import classes from './RecordPage.module.css'

const route = getRouteApi('/shell/records/$collection/$id')

/** One record with all its fields. */
export function RecordPage() {
  const { collection: name, id } = route.useParams()
  const collection = useCollection(name)
  return collection ? <OneRecord key={id} collection={collection} id={id} /> : <NotFoundScreen />
}

function OneRecord({ collection, id }: { collection: CollectionMeta; id: string }) {
  const titleFieldOf = useTitleFields()
  usePageContext({ page: collection.name, collection: collection.name, records: [id] })
  const query = useQuery(
    recordsQuery(collection.name, { fields: columnsFor(collection.fields, titleFieldOf), filter: { id }, limit: 1 }),
  )
  return (
    <Data
      query={query}
      loading={<LoadingState lines={6} />}
      isEmpty={page => !page.records[0]}
      empty={<NotFoundScreen />}
    >
      {page => <Shown collection={collection} record={page.records[0] as Row} />}
    </Data>
  )
}

function Shown({ collection, record }: { collection: CollectionMeta; record: Row }) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const title = record[collection.titleField]
  return (
    <Page
      title={typeof title === 'string' ? title : record.id}
      actions={<TaskButtons place={`${collection.name}/record`} />}
      before={
        <Anchor component={Link} to="/records/$collection" params={{ collection: collection.name } as never} size="sm">
          {model.collection(collection)}
        </Anchor>
      }
    >
      <Section title={t('fields')}>
        <SimpleGrid
          component="dl"
          cols={{ base: 1, sm: 2 }}
          spacing="xl"
          verticalSpacing="md"
          className={classes.fields}
        >
          {collection.fields.map(field => (
            <div key={field.name} data-long={field.format === 'long' || undefined}>
              <dt>{model.field(field)}</dt>
              <dd>
                <FieldValue field={field} record={record} full />
              </dd>
            </div>
          ))}
        </SimpleGrid>
      </Section>
    </Page>
  )
}
