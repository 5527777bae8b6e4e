import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { LoadingState } from '@/shared/DataStates'
import { NotFoundScreen } from '@/shared/screens'
import { type CollectionMeta, useCollection } from '@/shared/useCollection'
import { ListPage } from './list/ListPage'
import { viewsQuery } from './list/views'

const route = getRouteApi('/shell/records/$collection')

/** The records of a collection, in the way that the address or the person's first view says. */
export function CollectionPage() {
  const { collection: name } = route.useParams()
  const collection = useCollection(name)
  return collection?.may('view') ? <WithViews key={name} collection={collection} /> : <NotFoundScreen />
}

function WithViews({ collection }: { collection: CollectionMeta }) {
  const { view: wanted } = route.useSearch()
  const query = useQuery(viewsQuery(collection.name))
  // Records come without saved views too, if those cannot be read.
  if (query.isPending) return <LoadingState lines={6} />
  const views = query.data ?? []
  const view = wanted ? views.find(one => one.id === wanted) : views.find(one => one.default)
  return <ListPage collection={collection} views={views} view={view} />
}
