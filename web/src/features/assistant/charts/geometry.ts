import { nice, ticks } from 'd3-array'
import type { ChartData } from './data'

/** A stretch on the axis of figures: from the base of a bar or area to its end. */
export type Stretch = readonly [from: number, to: number]

/** What each series draws at each point; null is a gap. */
export type Layer = (Stretch | null)[]

/** The stretches of every series, beside each other from nought, or stacked. */
export function layersOf({ series, points }: ChartData, stacked: boolean): Layer[] {
  const value = (point: ChartData['points'][number], key: string) => {
    const found = point[key]
    return typeof found === 'number' ? found : null
  }
  if (!stacked) {
    return series.map(({ key }) =>
      points.map(point => {
        const found = value(point, key)
        return found === null ? null : [0, found]
      }),
    )
  }
  // Gains on top of gains, losses below losses.
  const ends = points.map(() => ({ up: 0, down: 0 }))
  return series.map(({ key }) =>
    points.map((point, n) => {
      const height = value(point, key) ?? 0
      const end = ends[n] as (typeof ends)[number]
      const side = height < 0 ? 'down' : 'up'
      const from = end[side]
      end[side] += height
      return [from, end[side]]
    }),
  )
}

export type Scale = { at: (value: number) => number; ticks: number[] }

/** An axis of figures between two places in pixels, with nought and round ends on it. */
export function scaleOf(layers: Layer[], from: number, to: number, count = 5): Scale {
  const ends = layers.flatMap(layer => layer.flatMap(stretch => stretch ?? []))
  const low = Math.min(0, ...ends)
  const high = Math.max(0, ...ends)
  const [first, last] = nice(low, high > low ? high : low + 1, count)
  return {
    at: value => from + ((value - first) / (last - first)) * (to - from),
    ticks: ticks(first, last, count),
  }
}

/** Every how many points a name fits on the axis, so that no two touch. */
export const every = (names: string[], step: number): number =>
  Math.max(1, Math.ceil((widest(names) + 12) / Math.max(step, 1)))

const letter = 7 // px, a wide one at the axes' size

/** How wide the widest of some texts is, near enough. */
export const widest = (texts: string[]): number => Math.max(0, ...texts.map(text => text.length)) * letter

/** A name cut to what fits into a width. */
export function cut(name: string, width: number): string {
  const letters = Math.floor(width / letter)
  return name.length <= letters ? name : `${name.slice(0, Math.max(1, letters - 1)).trimEnd()}…`
}
