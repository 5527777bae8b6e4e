import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  title: 'Unternehmen',
  lead: 'Was hier für alle gilt.',
  section: 'Name, Zeit und Geld',
  name: 'Name des Unternehmens',
  timeZone: 'Zeitzone',
  timeZoneHint:
    'Wo Tage, Wochen und Monate beginnen und wie Zeiten gezeigt und eingegeben werden. Gespeicherte Zeitpunkte bleiben, was sie sind; Berichte nach Tagen oder Monaten können anders ausfallen.',
  timeNow: 'Dort ist es jetzt {{now}}.',
  currency: 'Währung',
  currencyHint:
    'Für Geldfelder, die von jetzt an hinzukommen. Vorhandene Felder behalten ihre Währung: Kein Betrag wird umgerechnet oder anders gezeigt.',
}

export default de
