import { Anchor } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { isProblem } from '@/api/problem'
import type { Field, Row } from '@/api/types'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { Page } from '@/shared/Page'
import { NotFoundScreen } from '@/shared/screens'
import { type CollectionMeta, useCollection } from '@/shared/useCollection'
import { useNotify } from '@/shared/useNotify'
import { useTitleText } from '../useTitleText'
import { ConflictDialog } from './ConflictDialog'
import { RecordForm } from './RecordForm'
import { useRecordQuery } from './useRecord'
import { type Difference, differences, type Values, valuesOf } from './values'

const route = getRouteApi('/shell/records/$collection/$id/edit')

/** The form of a record that is there. */
export function EditPage() {
  const { collection: name, id } = route.useParams()
  const collection = useCollection(name)
  return collection?.may('update') ? <Read key={id} collection={collection} id={id} /> : <NotFoundScreen />
}

const updatable = (field: Field) => field.updatable && !field.read_only

function Read({ collection, id }: { collection: CollectionMeta; id: string }) {
  // What is edited is read afresh, and stays as it was read until it is saved.
  const query = useQuery({ ...useRecordQuery(collection, id), staleTime: 0, refetchOnWindowFocus: false })
  const record = query.data?.records[0] as Row | undefined
  usePageContext({ page: collection.name, collection: collection.name, records: [id] })
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} level={1} />
  if (!query.isFetchedAfterMount) return <LoadingState lines={6} level={1} />
  return record ? <Edit collection={collection} record={record} /> : <NotFoundScreen />
}

type Conflict = { list: Difference[]; theirs: Row; changes: Values }

function Edit({ collection, record }: { collection: CollectionMeta; record: Row }) {
  const { t } = useTranslation(['records', 'common'])
  const titleOf = useTitleText()
  const notify = useNotify()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const query = useRecordQuery(collection, record.id)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const answer = useRef<((values: Values | null) => void) | null>(null)
  const [base] = useState(record)
  const fields = collection.fields.filter(updatable)
  const back = () =>
    navigate({ to: '/records/$collection/$id', params: { collection: collection.name, id: record.id }, replace: true })

  const write = (changes: Values, version: string | undefined) =>
    body(
      api.PATCH('/api/collections/{name}/records/{id}', {
        params: { path: { name: collection.name, id: record.id } },
        body: { values: changes, version },
      }),
    )
  /** Reads what is there now, and asks what to keep of it. Null if one rather edits on. */
  const settle = async (changes: Values): Promise<{ values: Values; version: string | undefined } | null> => {
    const page = await queries.fetchQuery({ ...query, staleTime: 0 })
    const theirs = page.records[0] as Row | undefined
    if (!theirs) throw new Error(t('conflict.gone'))
    const before = valuesOf(fields, base)
    const list = differences(fields, before, { ...before, ...changes }, valuesOf(fields, theirs))
    const values = await new Promise<Values | null>(resolve => {
      answer.current = resolve
      setConflict({ list, theirs, changes })
    })
    setConflict(null)
    return values && { values, version: theirs._version }
  }
  const save = async (_: Values, changes: Values) => {
    if (Object.keys(changes).length > 0) {
      let next: { values: Values; version: string | undefined } | null = { values: changes, version: base._version }
      while (next && Object.keys(next.values).length > 0) {
        try {
          await write(next.values, next.version)
          break
        } catch (error) {
          if (!isProblem(error, 'conflict')) throw error
          next = await settle(changes)
          if (!next) return false
        }
      }
      notify.done(t('form.saved'))
    }
    await queries.invalidateQueries({ queryKey: ['records'], refetchType: 'none' })
    await back()
    return true
  }
  const title = titleOf(collection, base)
  return (
    <Page
      title={t('form.editTitle', { title })}
      before={
        <Anchor
          component={Link}
          to="/records/$collection/$id"
          params={{ collection: collection.name, id: record.id } as never}
          size="sm"
        >
          {title}
        </Anchor>
      }
    >
      <RecordForm
        collection={collection}
        which={updatable}
        record={base}
        submitLabel={t('common:action.save')}
        onCancel={() => void back()}
        onSubmit={save}
      />
      {conflict && (
        <ConflictDialog
          differences={conflict.list}
          base={base}
          theirs={conflict.theirs}
          changes={conflict.changes}
          onAnswer={values => answer.current?.(values)}
        />
      )}
    </Page>
  )
}
