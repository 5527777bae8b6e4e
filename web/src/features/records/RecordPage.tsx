import { getRouteApi } from '@tanstack/react-router'
import type { Row } from '@/api/types'
import { Data, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { NotFoundScreen } from '@/shared/screens'
import { type CollectionMeta, useCollection } from '@/shared/useCollection'
import { useRecord } from './form/useRecord'
import { RecordScreen } from './record/RecordScreen'

const route = getRouteApi('/shell/records/$collection/$id')

/** One record with all that belongs to it. */
export function RecordPage() {
  const { collection: name, id } = route.useParams()
  const collection = useCollection(name)
  return collection ? <OneRecord key={id} collection={collection} id={id} /> : <NotFoundScreen />
}

function OneRecord({ collection, id }: { collection: CollectionMeta; id: string }) {
  usePageContext({ page: collection.name, collection: collection.name, records: [id] })
  const query = useRecord(collection, id)
  return (
    <Data
      query={query}
      level={1}
      loading={<LoadingState lines={6} level={1} />}
      isEmpty={page => !page.records[0]}
      empty={<NotFoundScreen />}
    >
      {page => <RecordScreen collection={collection} record={page.records[0] as Row} />}
    </Data>
  )
}
