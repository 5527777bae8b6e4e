import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useCompany } from './useCompany'

/** How to write values for people of a language, with instants in a time zone. */
export function makeFormat(language: string, timeZone: string | undefined) {
  const integer = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 6 })
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  const instant = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  return {
    integer: (value: number) => integer.format(value),
    decimal: (value: number) => decimal.format(value),
    percent: (share: number) =>
      new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    /** An amount in units. Without cents where there are none, unless exact. */
    money(value: number, currency: string, exact = false) {
      const whole = !exact && Number.isInteger(value)
      const digits = whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}
      return new Intl.NumberFormat(language, { style: 'currency', currency, ...digits }).format(value)
    },
    /** A large amount, briefly: $1.2M. */
    moneyShort: (value: number, currency: string) =>
      new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        notation: 'compact',
        maximumSignificantDigits: 3,
      }).format(value),
    /** A calendar day, which has no zone: 2026-01-31. */
    date: (value: string) => day.format(new Date(`${value}T00:00:00Z`)),
    /** An instant, in the company's zone. */
    timestamp: (value: string) => instant.format(new Date(value)),
    /** How far an instant is from now: "in 3 days", "2 hours ago". */
    ago(value: string, now = Date.now()) {
      const seconds = (new Date(value).getTime() - now) / 1000
      const units: [Intl.RelativeTimeFormatUnit, number][] = [
        ['year', 31_536_000],
        ['month', 2_592_000],
        ['day', 86_400],
        ['hour', 3_600],
        ['minute', 60],
      ]
      const [unit, length] = units.find(([, s]) => Math.abs(seconds) >= s) ?? ['second', 1]
      return relative.format(Math.round(seconds / length), unit)
    },
  }
}

export type Format = ReturnType<typeof makeFormat>

export function useFormat(): Format {
  const { i18n } = useTranslation()
  const { timeZone } = useCompany()
  return useMemo(() => makeFormat(i18n.language, timeZone), [i18n.language, timeZone])
}
