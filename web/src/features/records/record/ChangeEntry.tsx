import { IconHistory, IconSparkles } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import { FieldValue } from '@/shared/FieldValue'
import { useFormat } from '@/shared/format'
import { type CollectionMeta, labelColumn, useTitleFields } from '@/shared/useCollection'
import { humanize, useModelText } from '@/shared/useModelText'
import classes from './Timeline.module.css'
import type { Change } from './useTimeline'

type Props = { collection: CollectionMeta; changes: Change[]; at: string; titles: Record<string, unknown> }

/** What one write changed, and who made it. */
export function ChangeEntry({ collection, changes, at, titles }: Props) {
  const { t } = useTranslation('records')
  const format = useFormat()
  const who = useWho(changes[0]?.by)
  const created = changes.some(change => change.action === 'create')
  const Shown = changes[0]?.by.kind === 'ai' ? IconSparkles : IconHistory
  const shown = changes.filter(change => change.field && collection.field(change.field))
  return (
    <>
      <Shown size={16} className={classes.icon} aria-hidden="true" />
      <div className={classes.text}>
        <span>{created ? t('timeline.created', { who }) : t('timeline.changed', { who })}</span>
        {shown.length > 0 && (
          <ul className={classes.changes}>
            {shown.map(change => (
              <li key={change.field}>
                <OneChange field={collection.field(change.field ?? '') as Field} change={change} titles={titles} />
              </li>
            ))}
          </ul>
        )}
        <time className={classes.when} dateTime={at}>
          {format.timestamp(at)}
        </time>
      </div>
    </>
  )
}

function OneChange({ field, change, titles }: { field: Field; change: Change; titles: Record<string, unknown> }) {
  const model = useModelText()
  const titleFieldOf = useTitleFields()
  const label = labelColumn(field, titleFieldOf)
  const side = (value: unknown): Row => ({
    id: '',
    [field.name]: value,
    ...(label && typeof value === 'string' ? { [label]: titles[value] } : {}),
  })
  return (
    <>
      {model.field(field)}: <FieldValue field={field} record={side(change.before)} /> →{' '}
      <FieldValue field={field} record={side(change.after)} />
    </>
  )
}

/** Who made a change: a person, an AI employee for one, an import. */
function useWho(by: Change['by'] | undefined): string {
  const { t } = useTranslation('records')
  const person = typeof by?.person?.name === 'string' ? by.person.name : t('timeline.somebody')
  switch (by?.kind) {
    case 'ai':
      return t('timeline.byEmployee', { employee: humanize(by.employee ?? ''), who: person })
    case 'import':
      return t('timeline.importer')
    case 'workflow':
      return t('timeline.workflow')
    default:
      return person
  }
}
