import type { components } from '@/api/schema.gen'
import { type Range, shifted } from './range'

type Used = components['schemas']['ServiceUsed']

/** What was used under one key; of several currencies each cost stands for itself. */
export type Sum = {
  key: string
  name?: string
  runs: number
  input: number
  output: number
  costs: Record<string, number>
  /** Tokens for which no price was entered. */
  unpriced: number
}

const nothing = (key: string, name?: string): Sum => ({
  key,
  name,
  runs: 0,
  input: 0,
  output: 0,
  costs: {},
  unpriced: 0,
})

function add(sum: Sum, used: Used): void {
  sum.runs += used.runs
  sum.input += used.input_tokens
  sum.output += used.output_tokens
  if (used.cost !== undefined && used.currency) {
    sum.costs[used.currency] = (sum.costs[used.currency] ?? 0) + Number(used.cost)
  } else {
    sum.unpriced += used.input_tokens + used.output_tokens
  }
}

/** One sum a key, in the order in which the keys came. */
export function merged(usage: Used[]): Sum[] {
  const sums = new Map<string, Sum>()
  for (const used of usage) {
    const sum = sums.get(used.key) ?? nothing(used.key, used.name)
    add(sum, used)
    sums.set(used.key, sum)
  }
  return [...sums.values()]
}

/** All together. */
export function total(usage: Used[]): Sum {
  const sum = nothing('')
  for (const used of usage) add(sum, used)
  return sum
}

export type Point = { x: string; tokens: number; cost: number }

/** As many bars can stand beside each other; more days are summed by month. */
const mostDays = 100

/** The course of usage: a point a day, days without any included, or a point a month. */
export function course(days: Sum[], range: Range, currency: string | undefined): Point[] {
  const used = new Map(days.map(sum => [sum.key, sum]))
  const keys = [...used.keys()].sort()
  const from = range.from ?? keys[0]
  const to = range.to ?? keys.at(-1)
  if (!from || !to) return []
  const points: Point[] = []
  for (let day = from; day <= to; day = shifted(day, 1)) points.push(point(day, used.get(day), currency))
  return points.length > mostDays ? byMonth(points) : points
}

const point = (x: string, sum: Sum | undefined, currency: string | undefined): Point => ({
  x,
  tokens: sum ? sum.input + sum.output : 0,
  cost: (currency && sum?.costs[currency]) || 0,
})

function byMonth(days: Point[]): Point[] {
  const months = new Map<string, Point>()
  for (const { x, tokens, cost } of days) {
    const month = x.slice(0, 7)
    const sum = months.get(month) ?? { x: month, tokens: 0, cost: 0 }
    months.set(month, { x: month, tokens: sum.tokens + tokens, cost: sum.cost + cost })
  }
  return [...months.values()]
}
