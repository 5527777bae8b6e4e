import dayjs from 'dayjs'

/** The weeks that a month is shown with, Monday first, each of seven days: 2026-01-31. */
export function weeksOf(month: string): string[][] {
  const first = dayjs(`${month}-01`)
  const start = first.subtract((first.day() + 6) % 7, 'day')
  const last = first.endOf('month')
  const weeks: string[][] = []
  for (let day = start; !day.isAfter(last); day = day.add(7, 'day')) {
    weeks.push(Array.from({ length: 7 }, (_, i) => day.add(i, 'day').format('YYYY-MM-DD')))
  }
  return weeks
}

/** The month that is so many after. */
export const monthAfter = (month: string, by: number): string => dayjs(`${month}-01`).add(by, 'month').format('YYYY-MM')

/** The instants between which all days fall, with a day to spare for time zones. */
export function spanOf(days: string[]): { from: string; to: string } {
  const first = days[0] ?? ''
  const last = days.at(-1) ?? ''
  return {
    from: dayjs(first).subtract(1, 'day').toISOString(),
    to: dayjs(last).add(2, 'day').toISOString(),
  }
}
