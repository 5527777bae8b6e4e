import { Anchor, Badge, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconLock, IconMinus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import classes from './FieldValue.module.css'
import { useFormat } from './format'
import { optionColor } from './optionColor'
import { labelColumn, useTitleFields } from './useCollection'
import { useModelText } from './useModelText'

type Props = {
  field: Field
  record: Row
  /** The whole of a long text, with its line breaks. */
  full?: boolean
}

/** A cell of a record, as people read it. A cell that the person may not see says so. */
export function FieldValue({ field, record, full }: Props) {
  if (record._hidden?.includes(field.name)) return <HiddenValue />
  const value = record[field.name]
  if (value === null || value === undefined || value === '') return <NoValue />
  return <Shown field={field} record={record} value={value} full={full} />
}

/** Stands for a value that the person's roles hide on this record. */
export function HiddenValue() {
  const { t } = useTranslation()
  return (
    <Tooltip label={t('hiddenWhy')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the tooltip must be reachable by keyboard */}
      <span className={classes.hidden} tabIndex={0}>
        <IconLock size={12} aria-hidden="true" /> {t('hidden')}
      </span>
    </Tooltip>
  )
}

function NoValue() {
  const { t } = useTranslation()
  return (
    <Text span c="dimmed" inherit>
      <span aria-hidden="true">–</span>
      <span className={classes.unseen}>{t('noValue')}</span>
    </Text>
  )
}

function Shown({ field, record, value, full }: Props & { value: unknown }) {
  const format = useFormat()
  const model = useModelText()
  switch (field.type) {
    case 'money':
      return <span className="remit-numeric">{format.money(Number(value), field.currency ?? 'USD')}</span>
    case 'integer':
      // A year is a name rather than a quantity.
      return (
        <span className="remit-numeric">{/year/.test(field.name) ? String(value) : format.integer(Number(value))}</span>
      )
    case 'decimal':
      return <span className="remit-numeric">{format.decimal(Number(value))}</span>
    case 'date':
      return <time dateTime={String(value)}>{format.date(String(value))}</time>
    case 'timestamp':
      return <time dateTime={String(value)}>{format.timestamp(String(value))}</time>
    case 'boolean':
      return <YesNo value={value === true} />
    case 'enum':
      return <Badge color={optionColor(String(value))}>{model.option(String(value))}</Badge>
    case 'relation':
      return <RelationValue field={field} record={record} id={String(value)} />
    default:
      return <TextValue field={field} text={String(value)} full={full} />
  }
}

function YesNo({ value }: { value: boolean }) {
  const { t } = useTranslation()
  const Mark = value ? IconCheck : IconMinus
  return (
    <span className={classes.inline}>
      <Mark size={14} aria-hidden="true" /> {value ? t('yes') : t('no')}
    </span>
  )
}

function RelationValue({ field, record, id }: { field: Field; record: Row; id: string }) {
  const titleFieldOf = useTitleFields()
  const column = labelColumn(field, titleFieldOf)
  const label = column ? record[column] : undefined
  // Without a label the record's name is hidden, or was not asked for.
  if (typeof label !== 'string' || !field.target) return <HiddenValue />
  return (
    <Anchor component={Link} to="/records/$collection/$id" params={{ collection: field.target, id } as never} inherit>
      {label}
    </Anchor>
  )
}

function TextValue({ field, text, full }: { field: Field; text: string; full?: boolean }) {
  if (field.format === 'long') return <span className={full ? classes.long : classes.clipped}>{text}</span>
  if (field.format === 'email' || field.format === 'phone') {
    return (
      <Anchor href={`${field.format === 'email' ? 'mailto' : 'tel'}:${encodeURI(text)}`} inherit>
        {text}
      </Anchor>
    )
  }
  // A web address is shown, not linked: whoever filled in a form may have chosen it.
  return <span className={classes.text}>{text}</span>
}
