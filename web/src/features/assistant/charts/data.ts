import type { ResultColumn, ResultRow, ResultTable } from '../results/result'
import type { Chart } from '../turns/types'

export type ChartSeries = { key: string; title: string; column: ResultColumn }

export type ChartData = {
  x?: ResultColumn
  series: ChartSeries[]
  /** One point for each row: `x` as people read it, and the figures by the series' keys; null is a gap. */
  points: ({ x: string } & Record<string, string | number | null>)[]
  /** The rows in the table beside the chart. */
  table: ResultTable
  /** How many rows the chart leaves out because they would not fit. */
  left: number
}

export type Words = {
  heading: (column: ResultColumn, collection?: string) => string
  cell: (row: ResultRow, column: ResultColumn) => string | null | undefined
  none: string
  hidden: string
  other: string
  title: (text: string) => string
}

/** How many categories can be told apart. */
const mostOf: Record<Chart['kind'], number> = { bar: 24, line: 400, area: 400, pie: 8, funnel: 16, kpi: 1 }

/** What a chart shows, from the rows of the call that it refers to. Null: they do not fit it. */
export function chartData(chart: Chart, table: ResultTable, words: Words): ChartData | null {
  const column = (name: string | undefined) => table.columns.find(c => c.name === name)
  const x = column(chart.x)
  const series = chart.series.flatMap((s, n) => {
    const found = column(s.column)
    return found
      ? [
          {
            key: `s${n}`,
            title: s.title ? words.title(s.title) : words.heading(found, table.collection),
            column: found,
          },
        ]
      : []
  })
  if (series.length < chart.series.length || series.length === 0 || (chart.kind !== 'kpi' && !x)) return null
  const all = table.rows.map(row => point(row, x, series, words))
  const most = mostOf[chart.kind]
  const fits = all.length <= most
  const points = fits ? all : chart.kind === 'pie' ? withOther(all, most, words.other) : all.slice(0, most)
  const columns = [...(x ? [x] : []), ...series.map(s => ({ ...s.column, title: s.title, name: s.column.name }))]
  return { x, series, points, table: { ...table, columns }, left: fits || chart.kind === 'pie' ? 0 : all.length - most }
}

function point(row: ResultRow, x: ResultColumn | undefined, series: ChartSeries[], words: Words) {
  const name = x ? words.cell(row, x) : ''
  const out: ChartData['points'][number] = { x: name === null ? words.hidden : (name ?? words.none) }
  for (const { key, column } of series) {
    const value = row[column.name]
    out[key] = typeof value === 'number' && !row._hidden?.includes(column.name) ? value : null
  }
  return out
}

/** The largest, and the rest of them together. */
function withOther(points: ChartData['points'], most: number, other: string): ChartData['points'] {
  const value = (p: ChartData['points'][number]) => (typeof p.s0 === 'number' ? p.s0 : 0)
  const sorted = points.toSorted((a, b) => value(b) - value(a))
  const rest = sorted.slice(most - 1).reduce((sum, p) => sum + value(p), 0)
  return [...sorted.slice(0, most - 1), { x: other, s0: rest }]
}
