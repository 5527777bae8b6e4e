import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  title: 'Anmelden',
  lead: 'Das CRM, dessen KI-Mitarbeiter nie mehr sehen als Sie.',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  submit: 'Anmelden',
  ownTitle: 'Wählen Sie Ihr eigenes Passwort',
  ownLead: 'Das bisherige hat jemand anders gesetzt. Von jetzt an sollen nur Sie Ihres kennen.',
  ownSubmit: 'Passwort setzen und anmelden',
  wrong: 'Die E-Mail-Adresse oder das Passwort stimmt nicht.',
  limited: 'Zu viele Versuche. Versuchen Sie es in {{seconds}} Sekunden wieder.',
  limitedSoon: 'Zu viele Versuche. Versuchen Sie es später wieder.',
  lost: 'Ihre Sitzung ist zu Ende. Melden Sie sich wieder an, dann geht es dort weiter, wo Sie waren.',
  forgotten: 'Passwort vergessen? Ein Administrator kann ein neues setzen.',
}

export default de
