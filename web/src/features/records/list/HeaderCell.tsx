import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field } from '@/api/types'
import { useModelText } from '@/shared/useModelText'
import { ColumnEdge } from './ColumnEdge'
import { numeric } from './columnWidth'
import classes from './RecordsTable.module.css'
import type { ColumnWidths } from './widths'

type Props = { field: Field; sort: string[]; onSort: (sort: string[]) => void; widths: ColumnWidths }

/** Ascending, descending, not at all. With Shift beside the others, otherwise alone. */
export function nextSort(sort: string[], name: string, beside: boolean): string[] {
  const present = sort.find(key => key.replace(/^-/, '') === name)
  const next = present === undefined ? [name] : present === name ? [`-${name}`] : []
  if (!beside) return next
  if (present === undefined) return [...sort, ...next]
  return sort.flatMap(key => (key === present ? next : [key]))
}

/** A column's head, which sorts. */
export function HeaderCell({ field, sort, onSort, widths }: Props) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const at = sort.findIndex(key => key.replace(/^-/, '') === field.name)
  const direction = at < 0 ? 'none' : sort[at]?.startsWith('-') ? 'descending' : 'ascending'
  const Arrow = direction === 'descending' ? IconArrowDown : IconArrowUp
  const press = (event: MouseEvent) => onSort(nextSort(sort, field.name, event.shiftKey))
  return (
    <th scope="col" aria-sort={direction} data-column={field.name} data-numeric={numeric(field) || undefined}>
      <button type="button" className={classes.sort} onClick={press} title={t('sortHint')}>
        <span className={classes.ellipsis}>{model.field(field)}</span>
        {direction !== 'none' && <Arrow size={14} aria-hidden="true" />}
        {at >= 0 && sort.length > 1 && <span className={classes.rank}>{at + 1}</span>}
      </button>
      <ColumnEdge name={field.name} label={model.field(field)} width={widths.of(field)} widths={widths} />
    </th>
  )
}
