import { Anchor } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import type { Field, Row } from '@/api/types'
import { useMe } from '@/app/useMe'
import { Data } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { Page } from '@/shared/Page'
import { NotFoundScreen } from '@/shared/screens'
import { type CollectionMeta, useCollection } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { useNotify } from '@/shared/useNotify'
import { RecordForm } from './RecordForm'
import { useRecord } from './useRecord'
import { type Values, valuesOf } from './values'

const route = getRouteApi('/shell/records/$collection/new')

/** A form for a new record, empty or filled from another. */
export function NewPage() {
  const { collection: name } = route.useParams()
  const { copy } = route.useSearch()
  const collection = useCollection(name)
  if (!collection?.may('create')) return <NotFoundScreen />
  return copy ? <Duplicate collection={collection} id={copy} /> : <NewRecord collection={collection} />
}

const creatable = (field: Field) => field.creatable && !field.read_only

/** A new record stands at the beginning of its way. */
const begins = (field: Field) => field.type === 'enum' && (field.name === 'stage' || field.name === 'status')

function Duplicate({ collection, id }: { collection: CollectionMeta; id: string }) {
  const query = useRecord(collection, id)
  return (
    <Data query={query} isEmpty={page => page.records.length === 0} empty={<NotFoundScreen />}>
      {page => <NewRecord collection={collection} from={page.records[0] as Row} />}
    </Data>
  )
}

function NewRecord({ collection, from }: { collection: CollectionMeta; from?: Row }) {
  const { t } = useTranslation(['records', 'common'])
  const me = useMe()
  const model = useModelText()
  const notify = useNotify()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { set } = route.useSearch()
  usePageContext({ page: collection.name, collection: collection.name })
  const fields = collection.fields.filter(creatable)
  const known = Object.entries(set ?? {}).filter(([name]) => fields.some(field => field.name === name))
  const initial: Values = {
    ...Object.fromEntries(fields.filter(begins).map(field => [field.name, field.options?.[0] ?? null])),
    ...(fields.some(field => field.name === 'owner_id') ? { owner_id: me.id } : {}),
    ...(from ? copied(fields, from, collection.titleField, title => t('form.copyOf', { title })) : {}),
    ...Object.fromEntries(known),
  }
  const create = async (values: Values) => {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ''))
    const record = await body(
      api.POST('/api/collections/{name}/records', {
        params: { path: { name: collection.name } },
        body: { values: given },
      }),
    )
    await queries.invalidateQueries({ queryKey: ['records'], refetchType: 'none' })
    notify.done(t('form.created'))
    await navigate({
      to: '/records/$collection/$id',
      params: { collection: collection.name, id: record.id },
      replace: true,
    })
    return true
  }
  return (
    <Page
      title={t('form.newTitle', { collection: model.collection(collection) })}
      before={
        <Anchor component={Link} to="/records/$collection" params={{ collection: collection.name } as never} size="sm">
          {model.collection(collection)}
        </Anchor>
      }
    >
      <RecordForm
        collection={collection}
        which={creatable}
        initial={initial}
        record={undefined}
        submitLabel={t('common:action.create')}
        onCancel={() => void navigate({ to: '/records/$collection', params: { collection: collection.name } })}
        onSubmit={create}
      />
    </Page>
  )
}

/** The record's values, under another name. */
function copied(fields: Field[], from: Row, titleField: string, name: (title: string) => string): Values {
  const values = valuesOf(fields, from)
  const title = values[titleField]
  const { external_ref: _, ...others } = values
  return typeof title === 'string' && title ? { ...others, [titleField]: name(title) } : others
}
