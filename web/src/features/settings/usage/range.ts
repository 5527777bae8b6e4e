/** Spans of time to look at, the usual one first. */
export const presets = ['30days', 'today', '7days', '90days', 'month', 'all', 'custom'] as const
export type Preset = (typeof presets)[number]

/** What usage is summed by. */
export const bys = ['employee', 'person', 'service', 'model', 'day'] as const
export type By = (typeof bys)[number]

export type Range = { from?: string; to?: string }

const form = /^\d{4}-\d{2}-\d{2}$/

/** Whether a text is a day that there is, such as 2026-01-31. */
export const isDay = (value: unknown): value is string =>
  typeof value === 'string' && form.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`))

/** The day that it is now in a time zone. */
export const todayIn = (timeZone: string | undefined, now = new Date()): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now)

/** A day so many days later. */
export function shifted(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** The days of a span, both included. */
export function rangeOf(preset: Preset, today: string, custom: Range): Range {
  switch (preset) {
    case 'today':
      return { from: today, to: today }
    case '7days':
      return { from: shifted(today, -6), to: today }
    case '90days':
      return { from: shifted(today, -89), to: today }
    case 'month':
      return { from: `${today.slice(0, 7)}-01`, to: today }
    case 'all':
      return {}
    case 'custom':
      return custom
    default:
      return { from: shifted(today, -29), to: today }
  }
}
