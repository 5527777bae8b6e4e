import { Anchor, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { recordsQuery } from '@/api/queries'
import type { Row } from '@/api/types'
import { useMe } from '@/app/useMe'
import { TaskButtons } from '@/features/assistant/TaskButtons'
import { Data, EmptyState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { FieldValue } from '@/shared/FieldValue'
import { useFormat } from '@/shared/format'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { type CollectionMeta, useCollections } from '@/shared/useCollection'
import classes from './HomePage.module.css'

/** The person's own work: what is to close and what is due. */
export function HomePage() {
  const { t } = useTranslation('home')
  const me = useMe()
  const collections = useCollections()
  const known = (name: string) => collections.find(collection => collection.name === name)
  const opportunities = known('opportunities')
  const activities = known('activities')
  usePageContext({ page: 'home' })
  const hour = new Date().getHours()
  const greeting = hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening'
  return (
    <Page
      title={t(greeting, { name: me.name.split(' ')[0] })}
      lead={t('lead')}
      actions={<TaskButtons place="home/work" />}
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        {opportunities && <OpenDeals collection={opportunities} owner={me.id} />}
        {activities && <DueActivities collection={activities} owner={me.id} />}
      </SimpleGrid>
    </Page>
  )
}

const shown = 7

type Props = { collection: CollectionMeta; owner: string }

function OpenDeals({ collection, owner }: Props) {
  const { t } = useTranslation('home')
  const query = useQuery(
    recordsQuery('opportunities', {
      fields: ['name', 'stage', 'amount', 'close_date', 'account.name'],
      filter: { owner_id: owner, stage: { $notIn: ['won', 'lost'] } },
      sort: ['close_date'],
      limit: shown,
      total: true,
    }),
  )
  const stage = collection.field('stage')
  const amount = collection.field('amount')
  return (
    <Section
      flush
      title={t('deals')}
      count={query.data?.total && t('dealsCount', { count: query.data.total })}
      action={<AllLink collection="opportunities" />}
    >
      <Data
        query={query}
        loading={<Waiting />}
        isEmpty={page => page.records.length === 0}
        empty={<EmptyState title={t('noDeals')}>{t('noDealsHint')}</EmptyState>}
      >
        {page => (
          <ul className={classes.list}>
            {(page.records as Row[]).map(deal => (
              <li key={deal.id} className={classes.item}>
                <div className={classes.main}>
                  <RecordLink collection="opportunities" record={deal} title={String(deal.name)} />
                  <Text size="sm" c="dimmed" truncate>
                    {deal['account.name'] ? `${deal['account.name']} · ` : ''}
                    <Closing date={deal.close_date} />
                  </Text>
                </div>
                <div className={classes.side}>
                  {amount && <FieldValue field={amount} record={deal} />}
                  {stage && <FieldValue field={stage} record={deal} />}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Data>
    </Section>
  )
}

function Closing({ date }: { date: unknown }) {
  const { t } = useTranslation('home')
  const format = useFormat()
  if (typeof date !== 'string') return null
  const past = date < new Date().toISOString().slice(0, 10)
  return t(past ? 'closed' : 'closes', { date: format.date(date) })
}

function DueActivities({ collection, owner }: Props) {
  const { t } = useTranslation('home')
  const format = useFormat()
  const query = useQuery(
    recordsQuery('activities', {
      fields: ['subject', 'kind', 'due_at', 'account.name'],
      filter: { owner_id: owner, status: 'open' },
      sort: ['due_at'],
      limit: shown,
      total: true,
    }),
  )
  const kind = collection.field('kind')
  return (
    <Section
      flush
      title={t('due')}
      count={query.data?.total && t('dueCount', { count: query.data.total })}
      action={<AllLink collection="activities" />}
    >
      <Data
        query={query}
        loading={<Waiting />}
        isEmpty={page => page.records.length === 0}
        empty={<EmptyState title={t('noDue')}>{t('noDueHint')}</EmptyState>}
      >
        {page => (
          <ul className={classes.list}>
            {(page.records as Row[]).map(activity => (
              <li key={activity.id} className={classes.item}>
                <div className={classes.main}>
                  <RecordLink collection="activities" record={activity} title={String(activity.subject)} />
                  <Text size="sm" c="dimmed" truncate>
                    {activity['account.name'] ? `${activity['account.name']} · ` : ''}
                    {typeof activity.due_at === 'string' && format.timestamp(activity.due_at)}
                  </Text>
                </div>
                <div className={classes.side}>
                  {typeof activity.due_at === 'string' && <When at={activity.due_at} />}
                  {kind && <FieldValue field={kind} record={activity} />}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Data>
    </Section>
  )
}

function When({ at }: { at: string }) {
  const format = useFormat()
  const late = new Date(at).getTime() < Date.now()
  return (
    <Text size="sm" fw={late ? 500 : 400} c={late ? 'var(--mantine-color-error)' : 'dimmed'}>
      {format.ago(at)}
    </Text>
  )
}

function RecordLink({ collection, record, title }: { collection: string; record: Row; title: string }) {
  return (
    <Anchor
      component={Link}
      to="/records/$collection/$id"
      params={{ collection, id: record.id } as never}
      className={classes.title}
    >
      {title}
    </Anchor>
  )
}

function AllLink({ collection }: { collection: string }) {
  const { t } = useTranslation('home')
  return (
    <Anchor component={Link} to="/records/$collection" params={{ collection } as never} size="sm">
      {t('all')}
    </Anchor>
  )
}

function Waiting() {
  return (
    <div className={classes.waiting}>
      <LoadingState lines={shown} height={28} />
    </div>
  )
}
