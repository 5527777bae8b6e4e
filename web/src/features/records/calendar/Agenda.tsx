import { Anchor, Badge } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Row } from '@/api/types'
import { EmptyState } from '@/shared/DataStates'
import { FieldValue } from '@/shared/FieldValue'
import { useFormat } from '@/shared/format'
import type { CollectionMeta } from '@/shared/useCollection'
import { useTitleText } from '../useTitleText'
import { isOverdue } from './activity'
import classes from './Calendar.module.css'
import { DoneBox } from './DoneBox'

type Props = { collection: CollectionMeta; days: Map<string, Row[]>; month: string; today: string }

/** The activities of a month, one below the other, by day. */
export function Agenda({ collection, days, month, today }: Props) {
  const { t, i18n } = useTranslation('records')
  const format = useFormat()
  const weekday = new Intl.DateTimeFormat(i18n.language, { weekday: 'long', timeZone: 'UTC' })
  const shown = [...days.keys()].filter(day => day.startsWith(month)).sort()
  if (shown.length === 0) return <EmptyState title={t('calendar.none')} />
  return (
    <div className={classes.agenda}>
      {shown.map(day => (
        <section key={day} aria-label={format.date(day)} className={classes.agendaDay}>
          <h3 className={classes.agendaHead} data-today={day === today || undefined}>
            {weekday.format(new Date(`${day}T00:00:00Z`))}, <time dateTime={day}>{format.date(day)}</time>
            {day === today && <Badge>{t('calendar.today')}</Badge>}
          </h3>
          <ul className={classes.list}>
            {(days.get(day) ?? []).map(row => (
              <AgendaItem key={row.id} collection={collection} row={row} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function AgendaItem({ collection, row }: { collection: CollectionMeta; row: Row }) {
  const { t } = useTranslation('records')
  const title = useTitleText()(collection, row)
  const kind = collection.field('kind')
  const account = collection.field('account_id')
  return (
    <li className={classes.agendaItem} data-done={row.status === 'done' || undefined}>
      {row.status !== 'canceled' && <DoneBox activities={collection} activity={row} title={title} />}
      <Anchor
        component={Link}
        to="/records/$collection/$id"
        params={{ collection: collection.name, id: row.id } as never}
        fw={500}
        className={classes.agendaTitle}
      >
        {title}
      </Anchor>
      {account && row.account_id !== null && (
        <span>
          <FieldValue field={account} record={row} />
        </span>
      )}
      {isOverdue(row) && <Badge color="red">{t('timeline.overdue')}</Badge>}
      {kind && <FieldValue field={kind} record={row} />}
    </li>
  )
}
