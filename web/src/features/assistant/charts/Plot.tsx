import type { Chart } from '../turns/types'
import { Axes } from './Axes'
import classes from './ChartCard.module.css'
import type { ChartData } from './data'
import { Funnel } from './Funnel'
import { Pie } from './Pie'
import { useNumbers, type WriteNumber } from './useNumbers'

type Props = { chart: Chart; data: ChartData; title: string }

/** Draws a chart. The table beside it tells the same to whoever cannot see it. */
export default function Plot({ chart, data, title }: Props) {
  const write = useNumbers()
  const first = data.series[0]
  if (!first) return null
  if (chart.kind === 'kpi') return <div className={classes.kpi}>{write(data.points[0]?.s0, first.column)}</div>
  const label = `${title}. ${summary(data, write)}`
  const { kind } = chart
  if (kind === 'funnel' || kind === 'pie') {
    return (
      <div className={classes.plot} role="img" aria-label={label}>
        {kind === 'funnel' ? <Funnel data={data} write={write} /> : <Pie data={data} write={write} />}
      </div>
    )
  }
  return <Axes kind={kind} stacked={chart.stacked ?? false} data={data} title={title} label={label} write={write} />
}

/** The chart in words, for screen readers: the first few figures. */
function summary(data: ChartData, write: WriteNumber): string {
  const told = data.points
    .slice(0, 12)
    .map(p => `${p.x}: ${data.series.map(s => write(p[s.key], s.column)).join(', ')}`)
  return told.join('; ') + (data.points.length > told.length ? '; …' : '')
}
