import type { ResultColumn } from '../results/result'
import classes from './ChartCard.module.css'
import type { ChartData } from './data'
import { colorOf, Legend } from './Legend'
import { slicesOf } from './paths'
import type { WriteNumber } from './useNumbers'

const radius = 80 // px

/** The parts of a whole, with their figures below. */
export function Pie({ data, write }: { data: ChartData; write: WriteNumber }) {
  const column = data.series[0]?.column as ResultColumn
  const parts = data.points
    .map((p, n) => ({ name: p.x, value: typeof p.s0 === 'number' ? p.s0 : 0, color: colorOf(n) }))
    .filter(part => part.value > 0)
  const slices = slicesOf(
    parts.map(part => part.value),
    radius,
  )
  return (
    <>
      <svg className={classes.pie} width={2 * radius} height={2 * radius} aria-hidden="true">
        <g transform={`translate(${radius} ${radius})`}>
          {parts.map((part, n) => (
            <path key={part.name} className={classes.slice} d={slices[n]} fill={part.color} />
          ))}
        </g>
      </svg>
      <Legend
        entries={parts.map(part => ({ name: `${part.name}: ${write(part.value, column)}`, color: part.color }))}
      />
    </>
  )
}
