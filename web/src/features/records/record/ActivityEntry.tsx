import { Anchor, Badge, Group } from '@mantine/core'
import {
  type Icon,
  IconCalendarEvent,
  IconChecklist,
  IconMail,
  IconNote,
  IconPhone,
  IconPointFilled,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Row } from '@/api/types'
import { HiddenValue } from '@/shared/FieldValue'
import { useFormat } from '@/shared/format'
import type { CollectionMeta } from '@/shared/useCollection'
import { isOverdue } from '../calendar/activity'
import { DoneBox } from '../calendar/DoneBox'
import { useTitleText } from '../useTitleText'
import classes from './Timeline.module.css'

const icons: Record<string, Icon> = {
  call: IconPhone,
  email: IconMail,
  meeting: IconCalendarEvent,
  note: IconNote,
  task: IconChecklist,
}

type Props = { activities: CollectionMeta; activity: Row; at: string }

/** An activity in the timeline: open ones can be ticked off. */
export function ActivityEntry({ activities, activity, at }: Props) {
  const { t } = useTranslation('records')
  const format = useFormat()
  const title = useTitleText()(activities, activity)
  const Shown = icons[String(activity.kind)] ?? IconPointFilled
  const owner = activity['owner.name']
  return (
    <>
      <Shown size={16} className={classes.icon} aria-hidden="true" />
      <div className={classes.text}>
        <Group gap="xs" wrap="nowrap" justify="space-between" align="flex-start">
          <Anchor
            component={Link}
            to="/records/$collection/$id"
            params={{ collection: activities.name, id: activity.id } as never}
            fw={500}
          >
            {title}
          </Anchor>
          {activity.status !== 'canceled' && <DoneBox activities={activities} activity={activity} title={title} />}
        </Group>
        {activity._hidden?.includes('body') ? (
          <HiddenValue />
        ) : (
          typeof activity.body === 'string' && activity.body && <p className={classes.body}>{activity.body}</p>
        )}
        <Group gap="xs" className={classes.when}>
          {at && <time dateTime={at}>{format.timestamp(at)}</time>}
          {typeof owner === 'string' && <span>{owner}</span>}
          {isOverdue(activity) && <Badge color="red">{t('timeline.overdue')}</Badge>}
          {activity.status === 'open' && !isOverdue(activity) && <Badge color="blue">{t('timeline.open')}</Badge>}
        </Group>
      </div>
    </>
  )
}
