import { Button, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Row } from '@/api/types'
import { EmptyState, ErrorState, LoadingState } from '@/shared/DataStates'
import { Section } from '@/shared/Section'
import type { CollectionMeta } from '@/shared/useCollection'
import { ActivityEntry } from './ActivityEntry'
import { ChangeEntry } from './ChangeEntry'
import { QuickLog } from './QuickLog'
import classes from './Timeline.module.css'
import { useTimeline } from './useTimeline'

type Props = { collection: CollectionMeta; record: Row }
type Shown = 'everything' | 'activity' | 'change'

/** What happened around the record: activities and changes in one line, and a place to log more. */
export function Timeline({ collection, record }: Props) {
  const { t } = useTranslation('records')
  const [which, setWhich] = useState<Shown>('everything')
  const { link, activities, history, entries, titles } = useTimeline(collection, record.id)
  const shown = entries.filter(entry => which === 'everything' || entry.kind === which)
  const more = [activities, history].filter(query => query.hasNextPage)
  const waiting = history.isPending || (link && activities.isPending)
  return (
    <Section title={t('timeline.title')}>
      {link?.activities.may('create') && link.field.creatable && (
        <QuickLog activities={link.activities} link={link.field.name} id={record.id} />
      )}
      {link && (
        <SegmentedControl
          size="xs"
          mb="md"
          aria-label={t('timeline.show')}
          value={which}
          onChange={next => setWhich(next as Shown)}
          data={[
            { value: 'everything', label: t('timeline.everything') },
            { value: 'activity', label: t('timeline.activities') },
            { value: 'change', label: t('timeline.changes') },
          ]}
        />
      )}
      {history.isError ? (
        <ErrorState error={history.error} retry={() => void history.refetch()} level={3} />
      ) : waiting ? (
        <LoadingState lines={4} />
      ) : shown.length === 0 ? (
        <EmptyState compact title={t('timeline.empty')} />
      ) : (
        <ol className={classes.line}>
          {shown.map(entry => (
            <li
              key={entry.kind === 'activity' ? entry.activity.id : `${entry.at}${entry.changes[0]?.field}`}
              className={classes.entry}
            >
              {entry.kind === 'activity' && link ? (
                <ActivityEntry activities={link.activities} activity={entry.activity} at={entry.at} />
              ) : entry.kind === 'change' ? (
                <ChangeEntry collection={collection} changes={entry.changes} at={entry.at} titles={titles} />
              ) : null}
            </li>
          ))}
        </ol>
      )}
      {more.length > 0 && (
        <Button
          variant="subtle"
          size="xs"
          loading={more.some(query => query.isFetchingNextPage)}
          onClick={() => {
            for (const query of more) void query.fetchNextPage()
          }}
        >
          {t('timeline.more')}
        </Button>
      )}
    </Section>
  )
}
