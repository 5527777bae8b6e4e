import { Checkbox } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import { LoadingState } from '@/shared/DataStates'
import { type CollectionMeta, useTitleFields } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { HeaderCell } from './HeaderCell'
import { RecordRow } from './RecordRow'
import classes from './RecordsTable.module.css'
import type { ListState } from './useListState'
import { useReading } from './useReading'
import { useRowKeys } from './useRowKeys'
import type { Rows } from './useRows'
import type { Selection } from './useSelection'
import { useWidths, type Widths } from './widths'

const rowHeight = 44
const tickWidth = 44

type Props = {
  collection: CollectionMeta
  state: ListState
  rows: Rows
  total?: number
  selection: Selection
  onSort: (sort: string[]) => void
  onWidths: (widths: Widths) => void
}

/** The records as a table. Only the rows in sight are in the document, however many there are. */
export function RecordsTable({ collection, state, rows: { rows, query }, total, selection, onSort, onWidths }: Props) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const titleFieldOf = useTitleFields()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: rowHeight,
    getItemKey: index => rows[index]?.id ?? index,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { isFetchingNextPage } = query
  const { onKeyDown, onWheel } = useReading({
    query,
    last,
    count: rows.length,
    scrollTo: index => virtual.scrollToIndex(index),
  })
  useRowKeys({ collection, rows, selection, scroller, scrollTo: index => virtual.scrollToIndex(index) })

  const fields = state.columns
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const widths = useWidths(state.widths, onWidths)
  const width = fields.reduce((sum, field) => sum + widths.of(field), tickWidth)
  const allTicked = rows.length > 0 && selection.selected.length === rows.length
  return (
    <section
      className={classes.scroller}
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onKeyDown={onKeyDown}
      onWheel={onWheel}
      aria-label={model.collection(collection)}
    >
      <table
        className={classes.table}
        style={widths.fixed ? { width } : { minWidth: width }}
        aria-label={model.collection(collection)}
        aria-rowcount={(total ?? rows.length) + 1}
        aria-colcount={fields.length + 1}
      >
        <colgroup>
          <col style={{ width: tickWidth }} />
          {fields.map(field => (
            <col key={field.name} style={{ width: widths.of(field) }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className={classes.tick}>
              <Checkbox
                size="xs"
                aria-label={t('selectAll')}
                checked={allTicked}
                indeterminate={!allTicked && selection.selected.length > 0}
                onChange={() => (allTicked ? selection.clear() : selection.all())}
              />
            </th>
            {fields.map(field => (
              <HeaderCell key={field.name} field={field} sort={state.sort} onSort={onSort} widths={widths} />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Spacer height={above} fields={fields} />}
          {items.map(item => {
            const row = rows[item.index] as Row
            return (
              <RecordRow
                key={row.id}
                collection={collection}
                fields={fields}
                row={row}
                index={item.index}
                selected={selection.has(row.id)}
                onToggle={selection.toggle}
                titleFieldOf={titleFieldOf}
              />
            )
          })}
          {below > 0 && <Spacer height={below} fields={fields} />}
        </tbody>
      </table>
      {isFetchingNextPage && (
        <div className={classes.more}>
          <LoadingState lines={1} />
        </div>
      )}
    </section>
  )
}

/** Keeps the place of rows out of sight. */
function Spacer({ height, fields }: { height: number; fields: Field[] }) {
  return (
    <tr>
      <td colSpan={fields.length + 1} style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
}
