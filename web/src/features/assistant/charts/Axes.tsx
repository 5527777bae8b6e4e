import { Box } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResultColumn } from '../results/result'
import classes from './ChartCard.module.css'
import type { ChartData } from './data'
import { colorOf, Legend } from './Legend'
import { type Layout, layoutOf } from './layout'
import { Marks } from './Marks'
import type { WriteNumber } from './useNumbers'

/** The room that is kept before the width is known, in pixels: a page that shrank for a moment would lose its place. */
const unknownHeight = 220

export type AxesKind = 'bar' | 'line' | 'area'

type Props = {
  kind: AxesKind
  stacked: boolean
  data: ChartData
  title: string
  /** What a screen reader says for the drawing. */
  label: string
  write: WriteNumber
}

/** A chart between axes. The figures of a point are shown under the pointer, or with the arrow keys. */
export function Axes({ kind, stacked, data, title, label, write }: Props) {
  const { t } = useTranslation('assistant')
  const ref = useRef<HTMLDivElement>(null)
  const width = useWidth(ref)
  const [at, setAt] = useState<number | null>(null)
  const last = data.points.length - 1
  const onKeyDown = (event: KeyboardEvent) => {
    const back = event.key === 'ArrowLeft' || event.key === 'ArrowUp'
    const on = event.key === 'ArrowRight' || event.key === 'ArrowDown'
    if (event.key === 'Escape' && at !== null) {
      event.stopPropagation()
      setAt(null)
    }
    if (!back && !on) return
    event.preventDefault()
    setAt(at === null ? (back ? last : 0) : Math.min(last, Math.max(0, at + (on ? 1 : -1))))
  }
  const layout = width > 0 ? layoutOf({ kind, stacked, data, width, write }) : null
  const point = at === null ? undefined : data.points[at]
  const told = point && data.series.map(s => `${s.title}: ${write(point[s.key], s.column)}`).join(', ')
  return (
    <Box
      className={`${classes.plot} ${classes.axes}`}
      role="group"
      tabIndex={0}
      aria-label={t('chart.explore', { title })}
      onKeyDown={onKeyDown}
      onBlur={() => setAt(null)}
    >
      <div ref={ref} role="img" aria-label={label} style={layout ? undefined : { height: unknownHeight }}>
        {layout && <Drawing kind={kind} layout={layout} data={data} at={at} onAt={setAt} write={write} />}
        {layout && point && at !== null && <Tip layout={layout} at={at} data={data} write={write} />}
        {data.series.length > 1 && (
          <Legend entries={data.series.map((s, n) => ({ name: s.title, color: colorOf(n) }))} />
        )}
      </div>
      <span className={classes.unseen} role="status">
        {point && `${point.x}: ${told}`}
      </span>
    </Box>
  )
}

/** How wide an element is, known before it is shown. */
function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return width
}

type DrawingProps = {
  kind: AxesKind
  layout: Layout
  data: ChartData
  at: number | null
  onAt: (at: number | null) => void
  write: WriteNumber
}

function Drawing({ kind, layout, data, at, onAt, write }: DrawingProps) {
  const { width, height, lying, box, scale, names, place, step } = layout
  const column = data.series[0]?.column as ResultColumn
  const find = (event: PointerEvent<SVGSVGElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    onAt(layout.nearest(lying ? event.clientY - top : event.clientX - left))
  }
  return (
    <svg width={width} height={height} onPointerMove={find} onPointerLeave={() => onAt(null)} aria-hidden="true">
      {scale.ticks.map(tick => {
        const p = scale.at(tick)
        return (
          <g key={tick} className={tick === 0 ? classes.base : classes.grid}>
            {lying ? (
              <line x1={p} x2={p} y1={box.top} y2={box.bottom} />
            ) : (
              <line x1={box.left} x2={box.right} y1={p} y2={p} />
            )}
            <text
              x={lying ? p : box.left - 8}
              y={lying ? box.bottom + 16 : p}
              dy={lying ? 0 : '0.32em'}
              textAnchor={lying ? 'middle' : 'end'}
            >
              {write(tick, column, true)}
            </text>
          </g>
        )
      })}
      {at !== null && kind === 'bar' && (
        <rect
          className={classes.cursor}
          x={lying ? box.left : place(at) - step / 2}
          y={lying ? place(at) - step / 2 : box.top}
          width={lying ? box.right - box.left : step}
          height={lying ? step : box.bottom - box.top}
        />
      )}
      {at !== null && kind !== 'bar' && (
        <line className={classes.cursorLine} x1={place(at)} x2={place(at)} y1={box.top} y2={box.bottom} />
      )}
      <Marks kind={kind} layout={layout} at={at} />
      {names.map(({ n, text, anchor }) => (
        <text
          key={n}
          x={lying ? box.left - 8 : place(n)}
          y={lying ? place(n) : box.bottom + 18}
          dy={lying ? '0.32em' : 0}
          textAnchor={anchor}
        >
          {text}
        </text>
      ))}
    </svg>
  )
}

/** The figures of a point. */
function Tip({ layout, at, data, write }: { layout: Layout; at: number; data: ChartData; write: WriteNumber }) {
  const { lying, place, width } = layout
  const point = data.points[at]
  if (!point) return null
  const right = !lying && place(at) > width / 2
  const style = lying
    ? { right: 8, top: place(at) + 14 }
    : right
      ? { right: width - place(at) + 10, top: 8 }
      : { left: place(at) + 10, top: 8 }
  return (
    <div className={classes.tip} style={style}>
      <strong>{point.x}</strong>
      {data.series.map((s, n) => (
        <span key={s.key} className={classes.figure}>
          <i style={{ background: colorOf(n) }} /> {s.title}: {write(point[s.key], s.column)}
        </span>
      ))}
    </div>
  )
}
