import { Anchor, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import { FieldValue } from '@/shared/FieldValue'
import type { CollectionMeta } from '@/shared/useCollection'
import { useTitleText } from '../useTitleText'
import { numeric } from './columnWidth'
import classes from './RecordsTable.module.css'

type Props = {
  collection: CollectionMeta
  fields: Field[]
  row: Row
  index: number
  selected: boolean
  onToggle: (id: string, reach: boolean) => void
  titleFieldOf: (collection: string) => string | undefined
}

/** A record's row: a box to tick, its title as a link, its values. */
export const RecordRow = memo(function RecordRow({ collection, fields, row, index, selected, onToggle }: Props) {
  const { t } = useTranslation('records')
  const title = useTitleText()(collection, row)
  const linked = fields.some(field => field.name === collection.titleField) ? collection.titleField : fields[0]?.name
  return (
    <tr aria-rowindex={index + 2} data-row={index} data-selected={selected || undefined}>
      <td className={classes.tick}>
        <Checkbox
          size="xs"
          aria-label={t('select', { title })}
          checked={selected}
          onChange={event => onToggle(row.id, (event.nativeEvent as MouseEvent).shiftKey === true)}
        />
      </td>
      {fields.map(field => (
        <td key={field.name} data-numeric={numeric(field) || undefined}>
          <div className={classes.ellipsis}>
            {field.name === linked ? (
              <Anchor
                component={Link}
                to="/records/$collection/$id"
                params={{ collection: collection.name, id: row.id } as never}
                fw={500}
                data-title
              >
                {field.name === collection.titleField ? title : <FieldText field={field} row={row} title={title} />}
              </Anchor>
            ) : (
              <FieldValue field={field} record={row} />
            )}
          </div>
        </td>
      ))}
    </tr>
  )
})

/** What the first column says where the title is not shown: text only, since it is inside a link. */
function FieldText({ field, row, title }: { field: Field; row: Row; title: string }) {
  const value = row[field.name]
  return field.type === 'text' && typeof value === 'string' && value ? value : title
}
