import type { ResultColumn } from '../results/result'
import type { AxesKind } from './Axes'
import type { ChartData } from './data'
import { cut, every, type Layer, layersOf, type Scale, scaleOf, widest } from './geometry'
import type { WriteNumber } from './useNumbers'

const standing = 220 // px, the height of what does not lie
const named = 120 // px, for the names beside lying bars
const thickest = 36 // px

/** Where everything of a chart between axes is, in pixels. */
export type Layout = {
  width: number
  height: number
  /** Bars from left to right, with their names beside them. */
  lying: boolean
  box: { left: number; right: number; top: number; bottom: number }
  layers: Layer[]
  scale: Scale
  /** The middle of a point along the axis of names, and the room that each has. */
  place: (n: number) => number
  step: number
  /** The point nearest to a place on the axis of names. */
  nearest: (place: number) => number
  /** How thick a bar is, and where the one of a series begins beside the middle. */
  thick: number
  beside: (series: number) => number
  names: { n: number; text: string; anchor: 'middle' | 'end' }[]
}

type Asked = { kind: AxesKind; stacked: boolean; data: ChartData; width: number; write: WriteNumber }

export function layoutOf({ kind, stacked, data, width, write }: Asked): Layout {
  const { points, series } = data
  const together = stacked ? 1 : series.length
  const texts = points.map(p => p.x)
  // Many or long names stand beside lying bars, where they can all be read.
  const lying = kind === 'bar' && (points.length > 6 || every(texts, (width - 60) / points.length) > 1)
  const layers = layersOf(data, stacked && kind !== 'line')
  const height = lying ? 34 + points.length * 26 * Math.max(1, together * 0.7) : standing
  const figures = scaleOf(layers, 0, 1).ticks.map(tick => write(tick, series[0]?.column as ResultColumn, true))
  // Bars stand in the middle of their room, lines go from edge to edge, where half of a name stands out.
  const edges = kind !== 'bar' && points.length > 1
  const out = edges ? widest(texts) / 2 : 0
  const box = lying
    ? { left: Math.min(named + 8, width / 3), right: width - 20, top: 4, bottom: height - 24 }
    : { left: Math.max(widest(figures) + 12, out), right: width - Math.max(10, out), top: 10, bottom: height - 26 }
  const across = lying ? box.bottom - box.top : box.right - box.left
  const start = lying ? box.top : box.left
  const step = across / Math.max(1, edges ? points.length - 1 : points.length)
  const first = edges ? start : start + step / 2
  const room = Math.min(step * 0.76, thickest * together)
  return {
    width,
    height,
    lying,
    box,
    layers,
    scale: lying ? scaleOf(layers, box.left, box.right, width < 400 ? 4 : 5) : scaleOf(layers, box.bottom, box.top),
    place: n => first + n * step,
    step,
    nearest: place => Math.min(points.length - 1, Math.max(0, Math.round((place - first) / step))),
    thick: Math.max(1, room / together - (together > 1 ? 1 : 0)),
    beside: n => (stacked ? -room / 2 : -room / 2 + (n * room) / together),
    names: lying ? besideOf(texts, box.left - 12) : belowOf(texts, step),
  }
}

const besideOf = (texts: string[], room: number): Layout['names'] =>
  texts.map((text, n) => ({ n, text: cut(text, room), anchor: 'end' }))

function belowOf(texts: string[], step: number): Layout['names'] {
  const each = every(texts, step)
  return texts.flatMap((text, n) => (n % each === 0 ? [{ n, text, anchor: 'middle' as const }] : []))
}
