import { Anchor, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import { TaskButtons } from '@/features/assistant/TaskButtons'
import { FieldValue } from '@/shared/FieldValue'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { groupsOf } from '../form/groups'
import { useTitleText } from '../useTitleText'
import { RecordActions } from './RecordActions'
import classes from './RecordScreen.module.css'
import { RelatedLists } from './RelatedLists'
import { Timeline } from './Timeline'

type Props = { collection: CollectionMeta; record: Row }

const facts = ['stage', 'status', 'amount', 'estimated_value', 'total', 'close_date', 'due_at', 'industry', 'owner_id']

/** A record: what it is at a glance, its fields, what belongs to it, and what happened. */
export function RecordScreen({ collection, record }: Props) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const title = useTitleText()(collection, record)
  const key = facts.map(collection.field).filter(field => field !== undefined)
  return (
    <Page
      width="wide"
      title={title}
      before={
        <Anchor component={Link} to="/records/$collection" params={{ collection: collection.name } as never} size="sm">
          {model.collection(collection)}
        </Anchor>
      }
      lead={key.length > 0 && <Facts fields={key.slice(0, 5)} record={record} />}
      actions={
        <>
          <TaskButtons place={`${collection.name}/record`} />
          <RecordActions collection={collection} record={record} title={title} />
        </>
      }
    >
      <div className={classes.columns}>
        <Stack gap="lg">
          <Section title={t('record.details')}>
            {groupsOf(collection).map(group => (
              <section key={group.key} className={classes.group} aria-label={t(`group.${group.key}`)}>
                <h3 className={classes.groupName}>{t(`group.${group.key}`)}</h3>
                <dl className={classes.fields}>
                  {group.fields.map(field => (
                    <div key={field.name} data-long={field.format === 'long' || undefined}>
                      <dt>{model.field(field)}</dt>
                      <dd>
                        <FieldValue field={field} record={record} full />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </Section>
          <RelatedLists collection={collection} record={record} />
        </Stack>
        <Timeline collection={collection} record={record} />
      </div>
    </Page>
  )
}

function Facts({ fields, record }: { fields: Field[]; record: Row }) {
  const { t } = useTranslation('records')
  const model = useModelText()
  return (
    <ul className={classes.facts} aria-label={t('record.facts')}>
      {fields.map(field => (
        <li key={field.name}>
          <span className={classes.factName}>{model.field(field)}</span> <FieldValue field={field} record={record} />
        </li>
      ))}
    </ul>
  )
}
