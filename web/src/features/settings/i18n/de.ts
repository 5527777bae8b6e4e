import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  company: 'Unternehmen',
  departments: 'Abteilungen',
  employees: 'KI-Mitarbeiter',
  explain: 'Erklären',
  fields: 'Felder',
  people: 'Benutzer',
  roles: 'Rollen & Rechte',
  services: 'Modelldienste',
  usage: 'Verbrauch & Kosten',
}

export default de
