import { ActionIcon, Anchor } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Row } from '@/api/types'
import { useFormat } from '@/shared/format'
import type { CollectionMeta } from '@/shared/useCollection'
import { useTitleText } from '../useTitleText'
import { dueAt, isOverdue } from './activity'
import classes from './Calendar.module.css'
import { DoneBox } from './DoneBox'

type Props = {
  collection: CollectionMeta
  days: Map<string, Row[]>
  weeks: string[][]
  month: string
  today: string
  /** Shows all of a day that has more than fits. */
  onDay: () => void
}

const most = 4 // activities that fit on a day

/** A month, a row for each week. */
export function MonthGrid({ collection, days, weeks, month, today, onDay }: Props) {
  const { t, i18n } = useTranslation('records')
  const format = useFormat()
  const weekday = new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' })
  return (
    <table className={classes.grid} aria-label={t('layout.calendar')}>
      <thead>
        <tr>
          {weeks[0]?.map(day => (
            <th key={day} scope="col">
              {weekday.format(new Date(`${day}T00:00:00Z`))}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map(week => (
          <tr key={week[0]}>
            {week.map(day => {
              const all = days.get(day) ?? []
              return (
                <td key={day} data-other={!day.startsWith(month) || undefined} data-today={day === today || undefined}>
                  <div className={classes.dayHead}>
                    <time dateTime={day} className={classes.number}>
                      {Number(day.slice(8))}
                    </time>
                    {collection.may('create') && (
                      <ActionIcon
                        component={Link}
                        to="/records/$collection/new"
                        params={{ collection: collection.name } as never}
                        search={{ set: { due_at: dueAt(day) } } as never}
                        size="sm"
                        className={classes.add}
                        aria-label={t('calendar.add', { day: format.date(day) })}
                      >
                        <IconPlus size={14} />
                      </ActionIcon>
                    )}
                  </div>
                  <ul className={classes.list}>
                    {all.slice(0, most).map(row => (
                      <Item key={row.id} collection={collection} row={row} />
                    ))}
                  </ul>
                  {all.length > most && (
                    <Anchor component="button" type="button" size="xs" onClick={onDay}>
                      {t('calendar.more', { count: all.length - most })}
                    </Anchor>
                  )}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Item({ collection, row }: { collection: CollectionMeta; row: Row }) {
  const { t } = useTranslation('records')
  const title = useTitleText()(collection, row)
  const late = isOverdue(row)
  return (
    <li className={classes.item} data-late={late || undefined} data-done={row.status === 'done' || undefined}>
      {row.status !== 'canceled' && <DoneBox activities={collection} activity={row} title={title} />}
      <Anchor
        component={Link}
        to="/records/$collection/$id"
        params={{ collection: collection.name, id: row.id } as never}
        className={classes.title}
        title={title}
      >
        {title}
        {late && <span className={classes.unseen}> ({t('timeline.overdue')})</span>}
      </Anchor>
    </li>
  )
}
