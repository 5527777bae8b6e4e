import { arc, pie } from 'd3-shape'
import type { ResultColumn } from '../results/result'
import classes from './ChartCard.module.css'
import type { ChartData } from './data'
import { colorOf, Legend } from './Legend'
import type { WriteNumber } from './useNumbers'

const radius = 80 // px

/** The parts of a whole, with their figures below. */
export function Pie({ data, write }: { data: ChartData; write: WriteNumber }) {
  const column = data.series[0]?.column as ResultColumn
  const parts = data.points
    .map((p, n) => ({ name: p.x, value: typeof p.s0 === 'number' ? p.s0 : 0, color: colorOf(n) }))
    .filter(part => part.value > 0)
  const slice = arc().innerRadius(0).outerRadius(radius)
  const slices = pie<{ value: number }>()
    .sort(null)
    .value(part => part.value)(parts)
  return (
    <>
      <svg className={classes.pie} width={2 * radius} height={2 * radius} aria-hidden="true">
        <g transform={`translate(${radius} ${radius})`}>
          {slices.map(({ startAngle, endAngle }, n) => (
            <path
              key={parts[n]?.name}
              className={classes.slice}
              d={slice({ startAngle, endAngle, innerRadius: 0, outerRadius: radius }) ?? undefined}
              fill={parts[n]?.color}
            />
          ))}
        </g>
      </svg>
      <Legend
        entries={parts.map(part => ({ name: `${part.name}: ${write(part.value, column)}`, color: part.color }))}
      />
    </>
  )
}
