/**
 * What a person typed as a day, with a time of the clock if that is asked for:
 * `2026-01-31`, `31.1.2026`, `2026-01-31 9:30`. Null: nothing; undefined: no such day.
 */
export function readDate(typed: string, withTime = false): string | null | undefined {
  const text = typed.trim()
  if (text === '') return null
  const found = /^([^\sT]+)(?:[ T]+(\d{1,2}):(\d\d)(?::\d\d)?)?$/.exec(text)
  const day = found && readDay(found[1] as string)
  if (!day || (found[2] && !withTime)) return undefined
  if (!withTime) return day
  const [hour, minute] = [Number(found[2] ?? 0), Number(found[3] ?? 0)]
  if (hour > 23 || minute > 59) return undefined
  return `${day} ${two(hour)}:${two(minute)}:00`
}

const two = (n: number) => String(n).padStart(2, '0')

function readDay(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text)
  const [year, month, day] = (iso ? iso.slice(1) : (dotted?.slice(1).reverse() ?? [])).map(Number)
  if (year === undefined || month === undefined || day === undefined) return undefined
  const date = new Date(Date.UTC(year, month - 1, day))
  const exists = year >= 100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? date.toISOString().slice(0, 10) : undefined
}

/** Whether a day is written out, so that no further key makes another day of it. */
export const isComplete = (typed: string): boolean => /^\s*(\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4})/.test(typed)

/** The day today on the clock of this machine. */
export function today(now = new Date()): string {
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
