import type { Row } from '@/api/types'

/** Whether something open should have been done by now. */
export const isOverdue = (activity: Row, now = Date.now()): boolean =>
  activity.status === 'open' && typeof activity.due_at === 'string' && new Date(activity.due_at).getTime() < now

/** The day on which an instant falls where the company is: 2026-01-31. */
export function dayOf(instant: string, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(instant),
  )
}

/** The instant at which something new on a day is due: in the morning, where the person is. */
export const dueAt = (day: string): string => new Date(`${day}T09:00:00`).toISOString()
