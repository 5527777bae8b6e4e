import { ActionIcon, Anchor, Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { recordsQuery } from '@/api/queries'
import type { Field, Row } from '@/api/types'
import { Data, EmptyState, LoadingState } from '@/shared/DataStates'
import { FieldValue } from '@/shared/FieldValue'
import { Section } from '@/shared/Section'
import { type CollectionMeta, columnsFor, useCollections, useTitleFields } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { defaultSort } from '../list/useListState'
import { useTitleText } from '../useTitleText'
import classes from './RelatedLists.module.css'

type Props = { collection: CollectionMeta; record: Row }

/** What refers to the record, of every collection that the person may view. Activities are in the timeline. */
export function RelatedLists({ collection, record }: Props) {
  const all = useCollections()
  const lists = all.flatMap(other =>
    other.name === 'activities'
      ? []
      : other.fields
          .filter(field => field.type === 'relation' && field.target === collection.name)
          .map(field => ({ other, field })),
  )
  return lists.map(({ other, field }) => (
    <Related
      key={`${other.name}.${field.name}`}
      other={other}
      field={field}
      id={record.id}
      single={onlyOne(lists, other)}
    />
  ))
}

const onlyOne = (lists: { other: CollectionMeta }[], other: CollectionMeta) =>
  lists.filter(list => list.other === other).length === 1

const shown = 5
const columnNames = ['stage', 'status', 'amount', 'total', 'title', 'close_date', 'issued_on', 'ordered_on']

type RelatedProps = { other: CollectionMeta; field: Field; id: string; single: boolean }

function Related({ other, field, id, single }: RelatedProps) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const titleOf = useTitleText()
  const titleFieldOf = useTitleFields()
  const fields = columnNames.map(other.field).filter(one => one !== undefined && one.name !== other.titleField)
  const columns = (fields as Field[]).slice(0, 3)
  const query = useQuery(
    recordsQuery(other.name, {
      fields: [...new Set([other.titleField, ...columnsFor(columns, titleFieldOf)])],
      filter: { [field.name]: id },
      sort: defaultSort(other),
      limit: shown,
      total: true,
    }),
  )
  const name = single ? model.collection(other) : `${model.collection(other)} · ${model.field(field)}`
  const total = query.data?.total
  return (
    <Section
      flush
      title={name}
      count={total || undefined}
      action={
        <Group gap="xs" wrap="nowrap">
          {total !== undefined && total > shown && (
            <Anchor
              component={Link}
              to="/records/$collection"
              params={{ collection: other.name } as never}
              search={{ view: 'all', filter: { [field.name]: { $eq: id } } } as never}
              size="sm"
            >
              {t('record.all')}
            </Anchor>
          )}
          {other.may('create') && field.creatable && (
            <ActionIcon
              component={Link}
              to="/records/$collection/new"
              params={{ collection: other.name } as never}
              search={{ set: { [field.name]: id } } as never}
              aria-label={t('record.add', { collection: name })}
            >
              <IconPlus size={16} />
            </ActionIcon>
          )}
        </Group>
      }
    >
      <Data
        query={query}
        loading={
          <div className={classes.waiting}>
            <LoadingState lines={2} />
          </div>
        }
        isEmpty={page => page.records.length === 0}
        empty={<EmptyState compact title={t('record.none')} />}
      >
        {page => (
          <table className={classes.table} aria-label={name}>
            <thead className={classes.unseen}>
              <tr>
                <th scope="col">
                  {model.field(other.field(other.titleField) ?? { name: 'name', title: other.titleField })}
                </th>
                {columns.map(column => (
                  <th key={column.name} scope="col">
                    {model.field(column)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {(page.records as Row[]).map(row => (
                <tr key={row.id}>
                  <td>
                    <Anchor
                      component={Link}
                      to="/records/$collection/$id"
                      params={{ collection: other.name, id: row.id } as never}
                    >
                      {titleOf(other, row)}
                    </Anchor>
                  </td>
                  {columns.map(column => (
                    <td key={column.name}>
                      <FieldValue field={column} record={row} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Data>
    </Section>
  )
}
