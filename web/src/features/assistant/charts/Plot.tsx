import '@mantine/charts/styles.css'
import { AreaChart, BarChart, LineChart, PieChart } from '@mantine/charts'
import { useFormat } from '@/shared/format'
import type { ResultColumn } from '../results/result'
import type { Chart } from '../turns/types'
import classes from './ChartCard.module.css'
import type { ChartData } from './data'

type Props = { chart: Chart; data: ChartData; title: string }

const color = (n: number) => `var(--c${(n % 8) + 1})`

/** Draws a chart. The table beside it tells the same to whoever cannot see it. */
export default function Plot({ chart, data, title }: Props) {
  const write = useNumbers()
  const first = data.series[0]
  if (!first) return null
  if (chart.kind === 'kpi') return <div className={classes.kpi}>{write(data.points[0]?.s0, first.column)}</div>
  const label = `${title}. ${summary(data, write)}`
  return (
    <div className={classes.plot} role="img" aria-label={label}>
      {chart.kind === 'funnel' ? (
        <Funnel data={data} />
      ) : chart.kind === 'pie' ? (
        <Pie data={data} />
      ) : (
        <Axes chart={chart} data={data} />
      )}
    </div>
  )
}

/** Numbers of a column, briefly where there is little room. */
function useNumbers() {
  const format = useFormat()
  return (value: unknown, column: ResultColumn, brief = false): string => {
    if (typeof value !== 'number') return '–'
    if (column.percent) return format.percent(value)
    if (column.type !== 'money' || !column.currency) return format.decimal(value)
    return brief ? format.moneyShort(value, column.currency) : format.money(value, column.currency)
  }
}

/** The chart in words, for screen readers: the first few figures. */
function summary(data: ChartData, write: ReturnType<typeof useNumbers>): string {
  const told = data.points
    .slice(0, 12)
    .map(p => `${p.x}: ${data.series.map(s => write(p[s.key], s.column)).join(', ')}`)
  return told.join('; ') + (data.points.length > told.length ? '; …' : '')
}

function Axes({ chart, data }: { chart: Chart; data: ChartData }) {
  const write = useNumbers()
  const column = data.series[0]?.column as ResultColumn
  const series = data.series.map((s, n) => ({ name: s.key, label: s.title, color: color(n) }))
  // Many or long names stand beside lying bars, where they can be read.
  const lying = chart.kind === 'bar' && (data.points.length > 6 || data.points.some(p => p.x.length > 12))
  const common = {
    data: data.points,
    dataKey: 'x',
    series,
    h: lying ? 60 + data.points.length * 26 * (chart.stacked ? 1 : Math.max(1, series.length * 0.7)) : 220,
    valueFormatter: (value: number) => write(value, column, true),
    withLegend: series.length > 1,
    tickLine: 'none' as const,
    gridAxis: lying ? ('y' as const) : ('x' as const),
    tooltipAnimationDuration: 0,
  }
  const still = { isAnimationActive: false }
  if (chart.kind === 'line') {
    return (
      <LineChart {...common} connectNulls={false} lineProps={still} lineChartProps={{ accessibilityLayer: false }} />
    )
  }
  if (chart.kind === 'area') {
    return (
      <AreaChart
        {...common}
        type={chart.stacked ? 'stacked' : 'default'}
        areaProps={still}
        areaChartProps={{ accessibilityLayer: false }}
      />
    )
  }
  return (
    <BarChart
      {...common}
      orientation={lying ? 'vertical' : 'horizontal'}
      type={chart.stacked ? 'stacked' : 'default'}
      yAxisProps={lying ? { width: 120, interval: 0 } : { width: 64 }}
      barProps={still}
      maxBarWidth={36}
      barChartProps={{ accessibilityLayer: false }}
    />
  )
}

function Pie({ data }: { data: ChartData }) {
  const write = useNumbers()
  const column = data.series[0]?.column as ResultColumn
  const parts = data.points
    .map((p, n) => ({ name: p.x, value: typeof p.s0 === 'number' ? p.s0 : 0, color: color(n) }))
    .filter(part => part.value > 0)
  return (
    <>
      <PieChart
        data={parts}
        h={180}
        size={160}
        mx="auto"
        strokeWidth={2}
        pieProps={{ isAnimationActive: false, rootTabIndex: -1 }}
        pieChartProps={{ accessibilityLayer: false }}
      />
      <ul className={classes.legend}>
        {parts.map(part => (
          <li key={part.name}>
            <i style={{ background: part.color }} />
            {part.name}: {write(part.value, column)}
          </li>
        ))}
      </ul>
    </>
  )
}

function Funnel({ data }: { data: ChartData }) {
  const write = useNumbers()
  const column = data.series[0]?.column as ResultColumn
  const values = data.points.map(p => (typeof p.s0 === 'number' ? p.s0 : null))
  const most = Math.max(...values.map(value => value ?? 0), 1)
  return (
    <ol className={classes.funnel}>
      {data.points.map((p, n) => (
        <li key={p.x} className={classes.stage}>
          <span>{p.x}</span>
          <div className={classes.bar} style={{ width: `${Math.max(1, (100 * (values[n] ?? 0)) / most)}%` }} />
          <span>{write(values[n], column)}</span>
        </li>
      ))}
    </ol>
  )
}
