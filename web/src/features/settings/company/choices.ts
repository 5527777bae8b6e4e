/** The time zones that the browser knows, with UTC and the present one. */
export function timeZones(present: string): string[] {
  return [...new Set([present, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort()
}

/** The currencies by code and name: `EUR – Euro`. */
export function currencies(language: string, present: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'currency' })
  const codes = [...new Set([present, ...Intl.supportedValuesOf('currency')])].sort()
  return codes.map(code => ({ value: code, label: `${code} – ${names.of(code) ?? code}` }))
}
