import { DatePicker } from '@mantine/dates'
import '@mantine/dates/styles.css'
import { useTranslation } from 'react-i18next'
import { today } from './readDate'

type Props = { value: string | null; minDate?: string; onChange: (day: string) => void }

/** A calendar to choose a day from, in the app's language. */
export default function Month({ value, minDate, onChange }: Props) {
  const { t, i18n } = useTranslation()
  const write = (options: Intl.DateTimeFormatOptions) => (day: string) =>
    new Intl.DateTimeFormat(i18n.language, { ...options, timeZone: 'UTC' }).format(
      new Date(`${day.slice(0, 10)}T12:00:00Z`),
    )
  const first = value ?? today()
  return (
    <DatePicker
      value={value}
      defaultDate={first}
      minDate={minDate}
      onChange={day => day && onChange(day)}
      monthLabelFormat={write({ month: 'long', year: 'numeric' })}
      monthsListFormat={write({ month: 'short' })}
      weekdayFormat={write({ weekday: 'short' })}
      getDayAriaLabel={write({ dateStyle: 'long' })}
      getDayProps={day => (day === first ? { 'data-autofocus': true } : {})}
      ariaLabels={{
        nextMonth: t('date.nextMonth'),
        previousMonth: t('date.previousMonth'),
        nextYear: t('date.nextYear'),
        previousYear: t('date.previousYear'),
        nextDecade: t('date.nextDecade'),
        previousDecade: t('date.previousDecade'),
        monthLevelControl: t('date.chooseMonth'),
        yearLevelControl: t('date.chooseYear'),
      }}
    />
  )
}
