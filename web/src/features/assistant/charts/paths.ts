import type { Layer, Scale } from './geometry'

type Axes = { place: (n: number) => number; scale: Scale }
type Point = readonly [n: number, from: number, to: number]

/** The points of a layer in runs, without the gaps. */
function runs(layer: Layer): Point[][] {
  const out: Point[][] = [[]]
  for (const [n, stretch] of layer.entries()) {
    if (stretch) out.at(-1)?.push([n, ...stretch])
    else out.push([])
  }
  return out.filter(run => run.length > 0)
}

const round = (n: number) => Math.round(n * 100) / 100

const through = (points: [x: number, y: number][]) => points.map(([x, y]) => `${round(x)},${round(y)}`).join('L')

/** A line from point to point, broken at gaps. */
export const lineOf = (layer: Layer, { place, scale }: Axes): string =>
  runs(layer)
    .map(run => `M${through(run.map(([n, , to]) => [place(n), scale.at(to)]))}`)
    .join('')

/** What lies between the line and its base. */
export const areaOf = (layer: Layer, { place, scale }: Axes): string =>
  runs(layer)
    .map(run => {
      const there = run.map(([n, , to]): [number, number] => [place(n), scale.at(to)])
      const back = run.map(([n, from]): [number, number] => [place(n), scale.at(from)]).reverse()
      return `M${through([...there, ...back])}Z`
    })
    .join('')

/** The slices of a pie around nought, clockwise from the top. */
export function slicesOf(values: number[], radius: number): string[] {
  const whole = values.reduce((sum, value) => sum + value, 0)
  // Half a circle at a time: an arc whose ends meet would be none.
  const at = (share: number): [number, number] => [
    radius * Math.sin(2 * Math.PI * share),
    -radius * Math.cos(2 * Math.PI * share),
  ]
  const arcTo = (share: number) => `A${radius},${radius},0,0,1,${through([at(share)])}`
  let sum = 0
  return values.map(value => {
    const from = sum / whole
    sum += value
    const to = sum / whole
    return `M0,0L${through([at(from)])}${arcTo((from + to) / 2)}${arcTo(to)}Z`
  })
}
