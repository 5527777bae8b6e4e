import type { ResultColumn } from '../results/result'
import classes from './ChartCard.module.css'
import type { ChartData } from './data'
import type { WriteNumber } from './useNumbers'

/** Stages in their order, each as wide as its figure. */
export function Funnel({ data, write }: { data: ChartData; write: WriteNumber }) {
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
