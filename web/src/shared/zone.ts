/** An instant as the clock on the wall shows it in a zone, for inputs of date and time: `2026-01-31 09:30:00`. */
export function toZone(instant: string, zone: string | undefined): string {
  const written = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: zone })
  return written.format(new Date(instant))
}

/** The instant at which the clock on the wall shows so in a zone. */
export function fromZone(shown: string, zone: string | undefined): string {
  const wall = Date.parse(`${shown.replace(' ', 'T')}Z`)
  const ahead = (instant: number) =>
    Date.parse(`${toZone(new Date(instant).toISOString(), zone).replace(' ', 'T')}Z`) - instant
  // How far ahead the clock is may change between the first guess and the instant.
  return new Date(wall - ahead(wall - ahead(wall))).toISOString()
}
