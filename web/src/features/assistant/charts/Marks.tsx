import type { AxesKind } from './Axes'
import classes from './ChartCard.module.css'
import type { Layer } from './geometry'
import { colorOf } from './Legend'
import type { Layout } from './layout'
import { areaOf, lineOf } from './paths'

type Props = { kind: AxesKind; layout: Layout; at: number | null }

/** More points than this stand too close to mark each. */
const marked = 40

/** What a chart between axes shows of its series. */
export function Marks({ kind, layout, at }: Props) {
  const { layers } = layout
  const series = layers.map((layer, n) => ({ layer, n, key: `s${n}` }))
  if (kind === 'bar') return series.map(({ layer, n, key }) => <Bars key={key} layer={layer} n={n} layout={layout} />)
  return series.map(({ layer, n, key }) => (
    <g key={key} style={{ color: colorOf(n) }}>
      {kind === 'area' && <path className={classes.area} d={areaOf(layer, layout)} />}
      <path className={classes.line} d={lineOf(layer, layout)} />
      <Dots layer={layer} layout={layout} at={at} />
    </g>
  ))
}

function Bars({ layer, n, layout }: { layer: Layer; n: number; layout: Layout }) {
  const { lying, scale, place, beside, thick } = layout
  return (
    <g fill={colorOf(n)}>
      {layer.map((stretch, i) => {
        if (!stretch) return null
        const [a, b] = [scale.at(stretch[0]), scale.at(stretch[1])]
        const [along, length] = [Math.min(a, b), Math.abs(b - a)]
        const side = place(i) + beside(n)
        const key = `${i}`
        return lying ? (
          <rect key={key} x={along} y={side} width={length} height={thick} rx={2} />
        ) : (
          <rect key={key} x={side} y={along} width={thick} height={length} rx={2} />
        )
      })}
    </g>
  )
}

/** Every point where there are few; else those alone between gaps, and the one that is looked at. */
function Dots({ layer, layout, at }: { layer: Layer; layout: Layout; at: number | null }) {
  const { scale, place } = layout
  return layer.map((stretch, i) => {
    const alone = !layer[i - 1] && !layer[i + 1]
    if (!stretch || !(layer.length <= marked || alone || i === at)) return null
    return (
      <circle
        // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place
        key={i}
        className={classes.dot}
        cx={place(i)}
        cy={scale.at(stretch[1])}
        r={i === at ? 5 : 3}
      />
    )
  })
}
