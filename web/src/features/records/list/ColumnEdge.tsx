import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './RecordsTable.module.css'
import { type ColumnWidths, narrowest, type Widths, widest } from './widths'

type Props = { name: string; label: string; width: number; widths: ColumnWidths }

const step = 16 // pixels

/** The edge of a column, by which it is made wider or narrower: with the pointer, or with the arrow keys. */
export function ColumnEdge({ name, label, width, widths }: Props) {
  const { t } = useTranslation('records-list')
  const from = useRef<{ x: number; width: number } | null>(null)
  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const measured = measure(event.currentTarget)
    from.current = { x: event.clientX, width: measured[name] ?? width }
    widths.begin(measured)
  }
  const move = (event: PointerEvent) => {
    if (from.current) widths.show(name, from.current.width + event.clientX - from.current.x)
  }
  const release = () => {
    if (from.current) widths.keep()
    from.current = null
  }
  const key = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowLeft: -step, ArrowRight: step }[event.key]
    if (by !== undefined) {
      const measured = measure(event.currentTarget)
      widths.begin(measured)
      widths.show(name, (measured[name] ?? width) + by)
    } else if (event.key === 'Enter') widths.forget(name)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('columns.width', { name: label })}
      aria-valuenow={width}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      title={t('columns.widthHint')}
      className={classes.edge}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onLostPointerCapture={release}
      onDoubleClick={() => widths.forget(name)}
      onKeyDown={key}
      onKeyUp={event => /^Arrow(Left|Right)$/.test(event.key) && widths.keep()}
    />
  )
}

/** How wide the columns of the edge's table are on the screen. */
function measure(edge: HTMLElement): Widths {
  const heads = edge.closest('tr')?.querySelectorAll<HTMLElement>('th[data-column]') ?? []
  return Object.fromEntries([...heads].map(head => [head.dataset.column ?? '', Math.round(head.offsetWidth)]))
}
