/** A day so many days after another, in the calendar: 2026-01-31. */
const dayAfter = (day: string, by: number): string => {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + by)
  return date.toISOString().slice(0, 10)
}

/** The weeks that a month is shown with, Monday first, each of seven days: 2026-01-31. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`
  const next = `${monthAfter(month, 1)}-01`
  const weeks: string[][] = []
  const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7
  for (let day = dayAfter(first, -weekday); day < next; day = dayAfter(day, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, i) => dayAfter(day, i)))
  }
  return weeks
}

/** The month that is so many after. */
export function monthAfter(month: string, by: number): string {
  const date = new Date(`${month}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + by)
  return date.toISOString().slice(0, 7)
}

/** The instants between which all days fall, with a day to spare for time zones. */
export function spanOf(days: string[]): { from: string; to: string } {
  const instant = (day: string, by: number) => new Date(`${dayAfter(day, by)}T00:00:00`).toISOString()
  return { from: instant(days[0] ?? '', -1), to: instant(days.at(-1) ?? '', 2) }
}
