import dayjs from 'dayjs'
import timezone from 'dayjs/plugin/timezone'
import utc from 'dayjs/plugin/utc'

dayjs.extend(utc)
dayjs.extend(timezone)

const wall = 'YYYY-MM-DD HH:mm:ss'

/** An instant as the clock on the wall shows it in a zone, for inputs of date and time. */
export const toZone = (instant: string, zone: string | undefined): string =>
  zone ? dayjs(instant).tz(zone).format(wall) : dayjs(instant).format(wall)

/** The instant at which the clock on the wall shows so in a zone. */
export const fromZone = (shown: string, zone: string | undefined): string =>
  zone ? dayjs.tz(shown, zone).toISOString() : dayjs(shown).toISOString()
